// What the schema registry says of new sources, at the time of submission: the latest schema, whose columns a source has that declares
// none, and which is its reader schema from then on. It is part of the definition; later schemas are read by it.

import { registryOf } from '../binder/source-format.ts';
import type { ReaderSchema, RegistryFormat } from '../catalog/format.ts';
import { columnsOfSchema } from '../connectors/formats/registry-columns.ts';
import { MillraceError } from '../errors.ts';
import { parseStatements } from '../sql/parse.ts';
import type { CreateSource } from '../sql/statement.ts';
import type { SourceWorld } from './open-source.ts';

/** Of each source of a registry, how it is asked. */
function readable(text: string): readonly { statement: CreateSource; format: RegistryFormat }[] {
  try {
    return parseStatements(text).flatMap((statement) => {
      const format = statement.kind === 'CreateSource' ? registryOf(statement) : undefined;
      return statement.kind !== 'CreateSource' || format === undefined ? [] : [{ statement, format }];
    });
  } catch (error) {
    if (error instanceof MillraceError) return [];
    throw error;
  }
}

/** By the offset of the statement. Statements that cannot be read are left to the planner, which says why. */
export async function readerSchemas(
  text: string,
  world: Pick<SourceWorld, 'schemas'>,
): Promise<ReadonlyMap<number, ReaderSchema>> {
  const found = new Map<number, ReaderSchema>();
  for (const { statement, format } of readable(text)) {
    const isDerived = statement.columns.length === 0;
    try {
      const schema = await world.schemas(format).client.latest(format.subject);
      const columns = isDerived ? columnsOfSchema(format, schema) : null;
      found.set(statement.span.offset, { id: schema.id, columns });
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      // It may come with the first record.
      if (error.code === 'SCHEMA_NOT_FOUND' && !isDerived) continue;
      throw error.at(statement.format?.encodeSpan ?? statement.span, text);
    }
  }
  return found;
}
