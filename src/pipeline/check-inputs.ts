// Before a source or sink is accepted: does what it names exist, and can it be reached? An error here points at the option that names it.

import type { Catalog } from '../catalog/catalog.ts';
import type { InputDef, SinkDef } from '../catalog/definition.ts';
import { sinkRows } from '../catalog/sink-rows.ts';
import { registerSchemas } from '../connectors/kafka/avro-rows.ts';
import { checkWritableBelow, existingBelow } from '../connectors/file/below-root.ts';
import { checkColumns, checkTableColumns } from '../connectors/formats/registry-columns.ts';
import { MillraceError } from '../errors.ts';
import type { TextSpan } from '../errors.ts';
import type { Submission } from '../plan.ts';
import type { Statement } from '../sql/statement.ts';
import type { SourceWorld } from './open-source.ts';
import { requireFileRoot } from './open-end.ts';

const ASK_WITHIN_MS = 10_000;

export async function checkInputs(
  submission: Submission,
  world: SourceWorld,
  fileRoot: string | null,
): Promise<void> {
  for (const { syntax, bound } of submission.statements) {
    if (bound.kind !== 'create source' && bound.kind !== 'create table' && bound.kind !== 'create sink')
      continue;
    try {
      await checkConnector(bound, world, fileRoot);
    } catch (error) {
      throw placed(error, syntax);
    }
    if (bound.kind !== 'create sink') await checkSchema(bound.definition, syntax, world);
    else await register(bound.definition, submission.catalog, syntax, world);
  }
}

/** The columns against the latest schema; a subject that is not there yet may come with the first record. */
async function checkSchema(definition: InputDef, syntax: Statement, world: SourceWorld): Promise<void> {
  const { format } = definition;
  if (!('subject' in format)) return;
  try {
    const schema = await world.schemas(format).client.latest(format.subject);
    const declared =
      definition.kind === 'source' ? definition.columns : definition.columns.slice(0, definition.declared);
    const columns = declared.map(({ name, type, nullable }) => ({ name, type, notNull: !nullable }));
    if (definition.kind === 'table' && 'keySubject' in format)
      checkTableColumns(format, schema, columns, definition.key);
    else if (format.format === 'PLAIN') checkColumns(format, schema, columns);
  } catch (error) {
    if (error instanceof MillraceError && error.code === 'SCHEMA_NOT_FOUND') return;
    throw atFormat(error, syntax);
  }
}

/** The schemas of a sink are in the registry before there is a sink. */
async function register(
  { id }: SinkDef,
  catalog: Catalog,
  syntax: Statement,
  world: SourceWorld,
): Promise<void> {
  const sink = catalog.get(id);
  if (sink?.kind !== 'sink' || sink.connector.connector !== 'kafka') return;
  const { registry, topic, format } = sink.connector;
  if (registry === undefined) return;
  try {
    const { columns, key } = sinkRows(sink, catalog);
    await registerSchemas(world.schemas(registry).client, registry, { topic, format, columns, key });
  } catch (error) {
    throw atFormat(error, syntax);
  }
}

function atFormat(error: unknown, syntax: Statement): unknown {
  if (!(error instanceof MillraceError)) return error;
  const span = 'format' in syntax ? syntax.format?.encodeSpan : undefined;
  const { code, message, domain, hint, retryable, cause } = error;
  return new MillraceError({ code, message, domain, hint, retryable, cause, span: span ?? syntax.span });
}

type Connecting = Extract<
  Submission['statements'][number]['bound'],
  { kind: 'create source' | 'create table' | 'create sink' }
>;

async function checkConnector(
  { kind, definition: { connector } }: Connecting,
  world: SourceWorld,
  fileRoot: string | null,
): Promise<void> {
  if (connector.connector === 'file') {
    const root = requireFileRoot(fileRoot);
    if (kind === 'create sink') await checkWritableBelow(root, connector.path);
    else await existingBelow(root, connector.path);
  }
  if (connector.connector !== 'kafka') return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(noAnswer(connector.properties['bootstrap.server'])), ASK_WITHIN_MS);
  });
  try {
    await Promise.race([world.cluster(connector).topic(connector.topic), late]);
  } finally {
    clearTimeout(timer);
  }
}

function noAnswer(servers: string | undefined): MillraceError {
  return new MillraceError({
    code: 'BROKER_UNREACHABLE',
    domain: 'external',
    message: `no answer from ${servers ?? 'the broker'} within ${ASK_WITHIN_MS / 1000} s`,
    hint: 'is it running, and is the address right?',
    retryable: true,
  });
}

function placed(error: unknown, syntax: Statement): unknown {
  if (!(error instanceof MillraceError) || error.span !== undefined) return error;
  const span = optionSpan(syntax, optionsOf(error.code));
  return new MillraceError({
    code: error.code,
    message: error.message,
    domain: error.domain,
    hint: error.hint,
    span,
    retryable: error.retryable,
    cause: error,
  });
}

/** Which options an error is about, the first that was written counts. */
function optionsOf(code: string): readonly string[] {
  if (code === 'FILES_NOT_ALLOWED') return ['connector'];
  if (code.startsWith('FILE')) return ['path'];
  return code.startsWith('TOPIC') ? ['topic'] : ['properties.bootstrap.server', 'topic'];
}

function optionSpan(syntax: Statement, keys: readonly string[]): TextSpan {
  if (!('options' in syntax)) return syntax.span;
  const found = keys.flatMap((key) => syntax.options.filter((option) => option.key === key));
  return found[0]?.valueSpan ?? syntax.span;
}
