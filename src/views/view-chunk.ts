// A chunk of a view's rows in the order of its keys, with the version that it is of: both from one snapshot of the database.

import type { Batch } from '../data/batch.ts';
import type { Connection } from '../postgres/connection.ts';
import { CopyBinaryReader } from '../postgres/copy-binary-reader.ts';
import type { Pool } from '../postgres/pool.ts';
import { committedEpoch } from './change-log.ts';
import { cursorExpired } from './cursor.ts';
import type { KeyPlace } from './key-place.ts';
import { placeOf, rangesAfter } from './key-place.ts';
import type { ViewLayout } from './view-layout.ts';
import { columnNames, tableName } from './view-layout.ts';

export interface ViewChunk {
  readonly epoch: number;
  readonly batches: readonly Batch[];
  readonly rows: number;
  readonly bytes: number;
  /** Where it ends; null: nothing comes after it. */
  readonly end: KeyPlace | null;
}

/** Up to `limit` rows after `after` (null: from the start). */
export function readChunk(
  pool: Pool,
  layout: ViewLayout,
  after: KeyPlace | null,
  limit: number,
): Promise<ViewChunk> {
  return pool.transaction(
    async (connection) => {
      const epoch = await committedEpoch(connection, layout.pipelineId);
      if (epoch === null) throw cursorExpired('its pipeline is gone');
      const read: Reading = { batches: [], rows: 0, bytes: 0 };
      for (const range of rangesAfter(layout, after)) {
        if (read.rows === limit) break;
        await readRange(connection, layout, `${range} LIMIT ${limit - read.rows}`, read);
      }
      const last = read.batches.at(-1);
      const end =
        read.rows < limit || last === undefined || layout.key.length === 0
          ? null
          : placeOf(layout, last, last.rows - 1);
      return { epoch, ...read, end };
    },
    { isolation: 'repeatable read', readOnly: true },
  );
}

interface Reading {
  readonly batches: Batch[];
  rows: number;
  bytes: number;
}

async function readRange(
  connection: Connection,
  layout: ViewLayout,
  range: string,
  into: Reading,
): Promise<void> {
  const reader = new CopyBinaryReader(layout.schema);
  const text = `COPY (SELECT ${columnNames(layout.schema)} FROM ${tableName(layout)} ${range}) TO STDOUT (FORMAT binary)`;
  for await (const bytes of connection.copyOut(text)) {
    into.bytes += bytes.length;
    const batch = reader.push(bytes);
    if (batch === null) continue;
    into.batches.push(batch);
    into.rows += batch.rows;
  }
  reader.end();
}
