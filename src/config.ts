// What can be set, in one table: each setting is a variable of the environment, a key of the configuration file and a flag. A value
// that makes no sense is refused with the name of its key and where it was set, never replaced by a default.

import { resolve } from 'node:path';
import { MillraceError } from './errors.ts';

/** One line of the table. The key of the file and the flag are made of the variable's name: see `fileKeyOf` and `flagOf`. */
export interface Setting {
  readonly variable: string;
  readonly meaning: string;
  /** The value when it is not set; null: there is none, and `otherwise` says what happens. */
  readonly fallback: string | null;
  readonly otherwise?: string;
  /** Never shown, and no flag: the list of processes shows flags to everybody. */
  readonly secret?: true;
}

const set = (variable: string, fallback: string | null, meaning: string, otherwise?: string): Setting => ({
  variable,
  meaning,
  fallback,
  ...(otherwise === undefined ? {} : { otherwise }),
});

export const SETTINGS: readonly Setting[] = [
  set('MILLRACE_DIR', '.millrace', 'state folder: data, ports, password, logs'),
  set('MILLRACE_QUERIES', 'queries', 'folder of `.sql` files; `none` deploys nothing'),
  {
    ...set('DATABASE_URL', null, 'your Postgres (≥ 15) in place of the built-in one', 'built in'),
    secret: true,
  },
  set('KAFKA_BROKERS', null, 'your brokers, `host:port,…`, in place of the built-in one', 'built in'),
  set(
    'MILLRACE_POSTGRES_CONNECTIONS',
    '8',
    'connections to Postgres that all pipelines share beside the one that each commits on; who comes later waits, 2 to 100',
  ),
  set('MILLRACE_POSTGRES_PORT', null, 'fixed port of the built-in Postgres', 'free, near 15432, then kept'),
  set('MILLRACE_KAFKA_PORT', null, 'fixed port of the built-in broker', 'free, near 19092, then kept'),
  set('MILLRACE_PORT', null, 'fixed port of the API', 'free, near 4000, then kept'),
  set('MILLRACE_HOST', '127.0.0.1', 'address that the API binds to; other than loopback needs a token'),
  { ...set('MILLRACE_API_TOKEN', null, 'bearer token of the API', 'none'), secret: true },
  set(
    'MILLRACE_FILE_ROOT',
    null,
    "folder below which `connector = 'file'` may read and write",
    'not allowed',
  ),
  set(
    'MILLRACE_TLS_ROOT',
    null,
    'folder below which `properties.ssl.*.location` may name PEM files',
    'not allowed',
  ),
  set(
    'MILLRACE_SCHEMA_REGISTRIES',
    null,
    'addresses of schema registries that may be used, `http://host:8081,…`',
    'none',
  ),
  set('MILLRACE_DEMO', 'on', 'feed the demo streams: `on`, `off` (also `--no-demo`)'),
  set('MILLRACE_DEMO_RATE', '1000', 'Nexmark events per second of the demo'),
  set(
    'MILLRACE_DISK_LIMIT_MB',
    '20000',
    'what the state folder may take on disk: near it a warning, at it the demo streams pause; 0 sets no bound',
  ),
  set('MILLRACE_CHECKPOINT_INTERVAL_MS', '1000', 'longest time between two commits of a pipeline'),
  set('MILLRACE_PARALLELISM', '1', 'tasks of a pipeline that does not say how many, 1 to 64'),
  set(
    'MILLRACE_ISOLATION',
    null,
    'where tasks live: `inline` (main thread), `thread`, `process`',
    'one task `inline`, several `thread`',
  ),
  set(
    'MILLRACE_TASK_MEMORY_MB',
    null,
    'JavaScript heap of each task in a thread or process of its own',
    "Node's",
  ),
  set(
    'MILLRACE_PIPELINE_MEMORY_MB',
    null,
    'state and buffers of a pipeline that does not say how much it may take, at least 64',
    "a quarter of the machine's memory",
  ),
  set('MILLRACE_LOG_LEVEL', 'warn', '`debug`, `info`, `warn`, `error`: JSON lines on standard error'),
  ...keepSettings('REQUESTS', 7, 10_000, 'answered requests stay in `millrace.requests`', 'in all'),
  ...keepSettings('LATE_ROWS', 30, 1_000_000, 'late rows stay in `millrace.late_rows`', 'of each pipeline'),
  ...keepSettings(
    'DEAD_LETTERS',
    30,
    1_000_000,
    'dead letters stay in `millrace.dead_letters`',
    'of each source',
  ),
  set(
    'MILLRACE_UPKEEP_INTERVAL_MS',
    '60000',
    'how often what is over these bounds is removed and the change log is rotated',
  ),
];

function keepSettings(what: string, days: number, rows: number, meaning: string, of: string): Setting[] {
  return [
    set(`MILLRACE_KEEP_${what}_HOURS`, String(days * 24), `how many hours ${meaning}; 0 sets no bound`),
    set(`MILLRACE_KEEP_${what}_ROWS`, String(rows), `how many ${meaning}, ${of}; 0 sets no bound`),
  ];
}

const FALLBACKS: ReadonlyMap<string, string | null> = new Map(
  SETTINGS.map(({ variable, fallback }) => [variable, fallback]),
);

/** `MILLRACE_DEMO_RATE` is `demo_rate` in the file, `DATABASE_URL` is `database_url`. */
export function fileKeyOf(variable: string): string {
  return variable.replace(/^MILLRACE_/, '').toLowerCase();
}

/** `MILLRACE_DEMO_RATE` is `--demo-rate` on the command line. */
export function flagOf(variable: string): string {
  return fileKeyOf(variable).replaceAll('_', '-');
}

export interface Config {
  /** Everything the local installation keeps: data, ports, password, logs. */
  readonly stateDir: string;
  /** Folder of the `.sql` files that are deployed; null: none. */
  readonly queriesDir: string | null;
  /** A Postgres of the user's in place of the built-in one. */
  readonly databaseUrl: string | null;
  /** Brokers of the user's in place of the built-in one. */
  readonly kafkaBrokers: readonly string[] | null;
  /** Shared by all pipelines, beside the one that each commits on. */
  readonly postgresConnections: number;
  readonly postgresPort: number | null;
  readonly kafkaPort: number | null;
  readonly apiPort: number | null;
  readonly apiHost: string;
  readonly apiToken: string | null;
  /** Root below which `connector = 'file'` may read and write; null: refused. */
  readonly fileRoot: string | null;
  /** Root below which `ssl.*.location` may name PEM files; null: refused. */
  readonly tlsRoot: string | null;
  /** Addresses of schema registries that sources may name. */
  readonly schemaRegistries: readonly string[];
  /** The demo streams (Nexmark, flights) are fed into Kafka. */
  readonly demo: boolean;
  /** Nexmark events per second of the demo. */
  readonly demoRate: number;
  /** What the state folder may take on disk, in megabytes; null: no bound. */
  readonly diskLimitMb: number | null;
  /** Longest time between two commits of a pipeline, in milliseconds. */
  readonly checkpointIntervalMs: number;
  /** How long requests, late rows and dead letters are kept; null: no bound. */
  readonly retention: RetentionConfig;
  /** How often what is over its bounds is removed, and the change log rotated, in milliseconds. */
  readonly upkeepIntervalMs: number;
  /** Tasks of a pipeline that does not say how many. */
  readonly parallelism: number;
  /** Where the tasks of a pipeline live that does not say it; null: one on the main thread, several in threads. */
  readonly isolation: 'inline' | 'thread' | 'process' | null;
  /** JavaScript heap of a task in a thread or process of its own, in megabytes; null: Node's own bound. */
  readonly taskMemoryMb: number | null;
  /** State and buffers of a pipeline that does not say how much it may take, in megabytes; null: a quarter of the machine's memory. */
  readonly pipelineMemoryMb: number | null;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

export interface KeepConfig {
  readonly keepMs: number | null;
  readonly keepRows: number | null;
}

export interface RetentionConfig {
  readonly requests: KeepConfig;
  readonly lateRows: KeepConfig;
  readonly deadLetters: KeepConfig;
}

type Texts = Readonly<Record<string, string | undefined>>;

interface Given {
  readonly key: string;
  readonly value: string;
  readonly place: string | undefined;
}

/** A text of each setting, by variable; and, for errors, in which words it was set there. */
export function readConfig(texts: Texts, places: Texts = {}): Config {
  const get = (key: string): Given | null => {
    const text = texts[key];
    const value = text === undefined || text === '' ? FALLBACKS.get(key) : text;
    return value === undefined || value === null ? null : { key, value, place: places[key] };
  };
  const given = (key: string): Given => {
    const found = get(key);
    if (found === null) throw new Error(`${key} has no default`);
    return found;
  };
  const text = (key: string): string | null => get(key)?.value ?? null;
  const queries = text('MILLRACE_QUERIES');
  return {
    stateDir: resolve(given('MILLRACE_DIR').value),
    queriesDir: queries === 'none' || queries === null ? null : resolve(queries),
    databaseUrl: url(get('DATABASE_URL')),
    kafkaBrokers: addresses(get('KAFKA_BROKERS')),
    postgresConnections: count(given('MILLRACE_POSTGRES_CONNECTIONS'), 2, 100),
    postgresPort: port(get('MILLRACE_POSTGRES_PORT')),
    kafkaPort: port(get('MILLRACE_KAFKA_PORT')),
    apiPort: port(get('MILLRACE_PORT')),
    apiHost: given('MILLRACE_HOST').value,
    apiToken: text('MILLRACE_API_TOKEN'),
    fileRoot: text('MILLRACE_FILE_ROOT'),
    tlsRoot: text('MILLRACE_TLS_ROOT'),
    schemaRegistries: httpAddresses(get('MILLRACE_SCHEMA_REGISTRIES')),
    demo: flag(given('MILLRACE_DEMO')),
    demoRate: count(given('MILLRACE_DEMO_RATE'), 1, 1_000_000),
    diskLimitMb: bound(given('MILLRACE_DISK_LIMIT_MB')),
    checkpointIntervalMs: count(given('MILLRACE_CHECKPOINT_INTERVAL_MS'), 1, 600_000),
    retention: {
      requests: keep(given, 'REQUESTS'),
      lateRows: keep(given, 'LATE_ROWS'),
      deadLetters: keep(given, 'DEAD_LETTERS'),
    },
    upkeepIntervalMs: count(given('MILLRACE_UPKEEP_INTERVAL_MS'), 10, 86_400_000),
    parallelism: count(given('MILLRACE_PARALLELISM'), 1, 64),
    isolation: isolation(get('MILLRACE_ISOLATION')),
    taskMemoryMb: megabytes(get('MILLRACE_TASK_MEMORY_MB'), 4),
    pipelineMemoryMb: megabytes(get('MILLRACE_PIPELINE_MEMORY_MB'), 64),
    logLevel: level(given('MILLRACE_LOG_LEVEL')),
  };
}

const HOUR_MS = 3_600_000;

function keep(given: (key: string) => Given, what: string): KeepConfig {
  const hours = bound(given(`MILLRACE_KEEP_${what}_HOURS`));
  return {
    keepMs: hours === null ? null : hours * HOUR_MS,
    keepRows: bound(given(`MILLRACE_KEEP_${what}_ROWS`)),
  };
}

/** 0 sets none. */
function bound(given: Given): number | null {
  const value = count(given, 0, 1_000_000_000);
  return value === 0 ? null : value;
}

function invalid({ key, value, place }: Given, expected: string): MillraceError {
  return new MillraceError({
    code: 'INVALID_CONFIG',
    message: `${key} = "${value}"${place === undefined ? '' : ` (${place})`} is not ${expected}`,
    hint: `set ${key} to ${expected}, or leave it unset`,
  });
}

function count(given: Given, least: number, most: number): number {
  const number = Number(given.value);
  if (given.value.trim() === '' || !Number.isInteger(number) || number < least || number > most)
    throw invalid(given, `a whole number from ${least} to ${most}`);
  return number;
}

function megabytes(given: Given | null, least: number): number | null {
  return given === null ? null : count(given, least, 100_000_000);
}

function isolation(given: Given | null): Config['isolation'] {
  if (given === null) return null;
  const { value } = given;
  if (value === 'inline' || value === 'thread' || value === 'process') return value;
  throw invalid(given, 'inline, thread or process');
}

function port(given: Given | null): number | null {
  return given === null ? null : count(given, 1, 65_535);
}

function flag(given: Given): boolean {
  if (['on', 'true', '1'].includes(given.value)) return true;
  if (['off', 'false', '0'].includes(given.value)) return false;
  throw invalid(given, 'on or off');
}

function level(given: Given): Config['logLevel'] {
  const { value } = given;
  if (value === 'debug' || value === 'info' || value === 'warn' || value === 'error') return value;
  throw invalid(given, 'debug, info, warn or error');
}

function url(given: Given | null): string | null {
  if (given === null) return null;
  if (!/^postgres(ql)?:\/\//.test(given.value))
    throw invalid(
      { ...given, value: given.value.replace(/:[^:@/]*@/, ':…@') },
      'an address such as postgres://user@host:5432/db',
    );
  return given.value;
}

function httpAddresses(given: Given | null): readonly string[] {
  return listOf(given).flatMap((value) => {
    if (value === '') return [];
    if (!/^https?:\/\/[^/@?#]+(\/[^?#]*)?$/.test(value))
      throw invalid({ ...given!, value }, 'http://host:port, …');
    return [value];
  });
}

function addresses(given: Given | null): readonly string[] | null {
  if (given === null) return null;
  return listOf(given).map((value) => {
    if (!/^\[?[A-Za-z0-9._:-]+\]?:\d+$/.test(value)) throw invalid({ ...given, value }, 'host:port, …');
    return value;
  });
}

function listOf(given: Given | null): readonly string[] {
  return given === null ? [] : given.value.split(',').map((part) => part.trim());
}
