// Columns of sources that declare none: those of the latest schema in the registry, at the time of submission. They are part of the
// definition from then on; later schemas are read by them.

import { derivedFrom } from '../binder/source-format.ts';
import type { RegistryFormat } from '../catalog/format.ts';
import { columnsOfSchema } from '../connectors/formats/registry-columns.ts';
import type { RowSchema } from '../data/types.ts';
import { MillraceError } from '../errors.ts';
import { parseStatements } from '../sql/parse.ts';
import type { CreateSource } from '../sql/statement.ts';
import type { SourceWorld } from './open-source.ts';

/** Of each source without columns, how its registry is asked. */
function readable(text: string): readonly { statement: CreateSource; format: RegistryFormat }[] {
  try {
    return parseStatements(text).flatMap((statement) => {
      const format = statement.kind === 'CreateSource' ? derivedFrom(statement) : undefined;
      return statement.kind !== 'CreateSource' || format === undefined ? [] : [{ statement, format }];
    });
  } catch (error) {
    if (error instanceof MillraceError) return [];
    throw error;
  }
}

/** By the offset of the statement. Statements that cannot be read are left to the planner, which says why. */
export async function derivedColumns(
  text: string,
  world: Pick<SourceWorld, 'schemas'>,
): Promise<ReadonlyMap<number, RowSchema>> {
  const found = new Map<number, RowSchema>();
  for (const { statement, format } of readable(text)) {
    try {
      const schema = await world.schemas(format).client.latest(format.subject);
      found.set(statement.span.offset, columnsOfSchema(format, schema));
    } catch (error) {
      throw error instanceof MillraceError
        ? error.at(statement.format?.encodeSpan ?? statement.span, text)
        : error;
    }
  }
  return found;
}
