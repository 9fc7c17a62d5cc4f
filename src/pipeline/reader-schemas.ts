// What the schema registry says of new sources, at the time of submission: the latest schema, whose columns a source has that declares
// none, and which is its reader schema from then on. It is part of the definition; later schemas are read by it.

import { registryOf, tableRegistryOf } from '../binder/source-format.ts';
import type { ReaderSchema, RegistryFormat, RegistryTable } from '../catalog/format.ts';
import { columnsOfSchema } from '../connectors/formats/registry-columns.ts';
import type { RegisteredSchema, RegistryClient } from '../connectors/registry/registry-client.ts';
import { MillraceError } from '../errors.ts';
import { parseStatements } from '../sql/parse.ts';
import type { CreateSource, CreateTable } from '../sql/statement.ts';
import type { SourceWorld } from './open-source.ts';

type Schemas = Pick<SourceWorld, 'schemas'>;

interface Asking {
  readonly statement: CreateSource | CreateTable;
  readonly ask: (world: Schemas) => Promise<ReaderSchema | undefined>;
}

/** Of each source and table of a registry, how it is asked. */
function readable(text: string): readonly Asking[] {
  try {
    return parseStatements(text).flatMap((statement): readonly Asking[] => {
      if (statement.kind === 'CreateSource') {
        const format = registryOf(statement);
        if (format === undefined) return [];
        return [{ statement, ask: (world) => schemaOfSource(statement, format, world) }];
      }
      if (statement.kind !== 'CreateTable') return [];
      const format = tableRegistryOf(statement);
      return format === undefined ? [] : [{ statement, ask: (world) => schemasOfTable(format, world) }];
    });
  } catch (error) {
    if (error instanceof MillraceError) return [];
    throw error;
  }
}

/** By the offset of the statement. Statements that cannot be read are left to the planner, which says why. */
export async function readerSchemas(
  text: string,
  world: Schemas,
): Promise<ReadonlyMap<number, ReaderSchema>> {
  const found = new Map<number, ReaderSchema>();
  for (const { statement, ask } of readable(text)) {
    try {
      const schema = await ask(world);
      if (schema !== undefined) found.set(statement.span.offset, schema);
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      throw error.at(statement.format?.encodeSpan ?? statement.span, text);
    }
  }
  return found;
}

async function schemaOfSource(
  { columns }: CreateSource,
  format: RegistryFormat,
  world: Schemas,
): Promise<ReaderSchema | undefined> {
  const { client } = world.schemas(format);
  if (columns.length > 0) {
    const schema = await latestIfThere(client, format.subject);
    return schema && { id: schema.id, columns: null };
  }
  const schema = await client.latest(format.subject);
  return { id: schema.id, columns: columnsOfSchema(format, schema) };
}

async function schemasOfTable(format: RegistryTable, world: Schemas): Promise<ReaderSchema> {
  const { client } = world.schemas(format);
  const value = await latestIfThere(client, format.subject);
  const key = await latestIfThere(client, format.keySubject);
  return { id: value?.id ?? null, columns: null, ...(key === undefined ? {} : { keyId: key.id }) };
}

/** A schema may come with the first record. */
async function latestIfThere(client: RegistryClient, subject: string): Promise<RegisteredSchema | undefined> {
  try {
    return await client.latest(subject);
  } catch (error) {
    if (error instanceof MillraceError && error.code === 'SCHEMA_NOT_FOUND') return undefined;
    throw error;
  }
}
