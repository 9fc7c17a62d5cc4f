// Does the format of a Kafka sink fit what it is fed with? Asked when the plan is known, for only then the key is.

import type { Catalog } from '../catalog/catalog.ts';
import { sinkRows } from '../catalog/sink-rows.ts';
import type { SqlType, TypeKind } from '../data/types.ts';
import { typeName } from '../data/types.ts';
import type { TextSpan } from '../errors.ts';
import { invalidDefinition } from './fail.ts';

/** Types whose equal values may be written differently. */
const SEVERAL_TEXTS: readonly TypeKind[] = ['interval', 'jsonb', 'array', 'row'];

/** Throws at `span` when the sink `id`, as it now is in the catalog, cannot be written in its format. */
export function checkSinkFormat(id: string, catalog: Catalog, span: TextSpan): void {
  const sink = catalog.get(id);
  if (sink?.kind !== 'sink' || sink.connector.connector !== 'kafka') return;
  const { format } = sink.connector;
  const { columns, hidden, key, appendOnly } = sinkRows(sink, catalog);
  if (sink.connector.registry !== undefined) checkAvroNames(columns, span);
  if (format === 'PLAIN') {
    if (appendOnly) return;
    throw invalidDefinition(
      'FORMAT PLAIN takes rows that are never changed or deleted, and these are',
      span,
      'FORMAT UPSERT writes the last row per key, FORMAT DEBEZIUM the rows before and after a change',
    );
  }
  const hiddenKey = key.filter((index) => index >= columns.length);
  if (hiddenKey.length > 0) {
    const names = hiddenKey.map((index) => hidden[index - columns.length]!.name).join(', ');
    throw invalidDefinition(
      `FORMAT ${format} needs a key among the columns, and that of these rows (${names}) is not shown`,
      span,
      'select the columns that the query groups by, or use FORMAT PLAIN',
    );
  }
  const spans = key.find((index) => SEVERAL_TEXTS.includes(columns[index]!.type.kind));
  if (spans !== undefined) {
    throw invalidDefinition(
      `column "${columns[spans]!.name}" of type ${typeName(columns[spans]!.type)} cannot be part of a record's key`,
      span,
      "values that are equal ('1 month' and '30 days') may have several texts: cast it",
    );
  }
}

/** Avro's names are letters, digits and underscores. */
function checkAvroNames(
  columns: readonly { readonly name: string; readonly type: SqlType }[],
  span: TextSpan,
): void {
  for (const { name, type } of columns) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      throw invalidDefinition(
        `column "${name}" cannot be written as Avro, whose names are letters, digits and underscores`,
        span,
        `give it another name: SELECT "${name}" AS …`,
      );
    const inner = type.kind === 'array' ? type.element : type;
    if (inner.kind === 'row') checkAvroNames(inner.fields, span);
  }
}
