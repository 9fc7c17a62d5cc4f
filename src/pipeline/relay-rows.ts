// A part of a change log as the batches that records are made of.

import type { Batch } from '../data/batch.ts';
import { newBatch } from '../data/batch.ts';
import type { Column } from '../data/column.ts';
import { newColumn } from '../data/column.ts';
import { gatherColumn } from '../data/gather.ts';
import type { RowSchema } from '../data/types.ts';
import { layoutOf } from '../data/types.ts';
import type { ChangedRows } from '../connectors/kafka/sink-records.ts';
import type { DecodedChanges } from '../views/change-log-codec.ts';

export function changedRows(schema: RowSchema, d: DecodedChanges): ChangedRows {
  const { updates, inserts, deletes, after, before, unchanged } = d;
  const batch = (rows: number, column: (c: number) => Column): Batch => ({
    schema,
    rows,
    columns: schema.map((_, c) => column(c)),
    diffs: null,
  });
  return {
    deletes: batch(deletes, (c) => slice(schema, c, before[c]!, unchanged[c]! ? 0 : updates, deletes)),
    before: batch(updates, (c) => (unchanged[c]! ? after[c]! : before[c]!)),
    after: batch(updates, (c) => after[c]!),
    inserts: batch(inserts, (c) => slice(schema, c, after[c]!, updates, inserts)),
  };
}

export function insertedRows(inserts: Batch): ChangedRows {
  const none = newBatch(inserts.schema, 0);
  return { deletes: none, before: none, after: none, inserts };
}

function slice(schema: RowSchema, c: number, from: Column, first: number, n: number): Column {
  if (first === 0) return from;
  const to = newColumn(layoutOf(schema[c]!.type), n, false);
  gatherColumn(
    from,
    Int32Array.from({ length: n }, (_, i) => first + i),
    n,
    to,
  );
  return to;
}
