// What reads a view that is replaced must find its columns again: the same ones first, as Postgres asks of CREATE OR REPLACE VIEW.

import type { Catalog } from '../../catalog/catalog.ts';
import type { Definition } from '../../catalog/definition.ts';
import { isRelation } from '../../catalog/definition.ts';
import { typeName } from '../../data/types.ts';
import type { RowSchema } from '../../data/types.ts';
import { otherColumns, otherReaderColumns } from './refusals.ts';

/** `after`: with the new version under the names of what is replaced. */
export function checkReplaced(
  replaced: readonly string[],
  readers: readonly Definition[],
  before: Catalog,
  after: Catalog,
): void {
  for (const id of replaced) {
    const old = before.get(id)!;
    const direct = readers.filter(({ dependsOn }) => dependsOn.includes(id));
    // What a source lacks, or a function does no more, is told by the texts that read it.
    if (direct.length === 0 || old.kind === 'source' || old.kind === 'function') continue;
    const column = firstDifference(old.columns, after.find(old)!.columns);
    if (column !== null) throw otherColumns(old, column, direct);
  }
}

/** `after`: with the new version under all names. */
export function checkReaders(readers: readonly Definition[], after: Catalog): void {
  for (const reader of readers) {
    if (!isRelation(reader)) continue;
    const column = firstDifference(reader.columns, after.find(reader)!.columns);
    if (column !== null) throw otherReaderColumns(reader, column);
  }
}

/** Name of the first column that is not there as it was; null when all are. */
function firstDifference(before: RowSchema, after: RowSchema): string | null {
  const at = before.findIndex(
    ({ name, type }, c) => after[c]?.name !== name || typeName(after[c].type) !== typeName(type),
  );
  return at < 0 ? null : before[at]!.name;
}
