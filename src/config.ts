// What can be set, in one table: environment variables and flags of `millrace start`. A value that makes no sense is refused with
// the name of its key, never replaced by a default.

import { resolve } from 'node:path';
import { MillraceError } from './errors.ts';

export interface Config {
  /** Everything the local installation keeps: data, ports, password, logs. */
  readonly stateDir: string;
  /** Folder of the `.sql` files that are deployed; null: none. */
  readonly queriesDir: string | null;
  /** A Postgres of the user's in place of the built-in one. */
  readonly databaseUrl: string | null;
  /** Brokers of the user's in place of the built-in one. */
  readonly kafkaBrokers: readonly string[] | null;
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

type Env = Readonly<Record<string, string | undefined>>;

/** `flags` win over the environment; both are texts. Keys of `flags` are those of the environment. */
export function readConfig(env: Env, flags: Env = {}): Config {
  const get = (key: string): string | null => {
    const value = flags[key] ?? env[key];
    return value === undefined || value === '' ? null : value;
  };
  const brokers = get('KAFKA_BROKERS');
  const queries = get('MILLRACE_QUERIES');
  return {
    stateDir: resolve(get('MILLRACE_DIR') ?? '.millrace'),
    queriesDir: queries === 'none' ? null : resolve(queries ?? 'queries'),
    databaseUrl: url(get('DATABASE_URL')),
    kafkaBrokers: brokers === null ? null : brokers.split(',').map((broker) => address(broker.trim())),
    postgresPort: port('MILLRACE_POSTGRES_PORT', get('MILLRACE_POSTGRES_PORT')),
    kafkaPort: port('MILLRACE_KAFKA_PORT', get('MILLRACE_KAFKA_PORT')),
    apiPort: port('MILLRACE_PORT', get('MILLRACE_PORT')),
    apiHost: get('MILLRACE_HOST') ?? '127.0.0.1',
    apiToken: get('MILLRACE_API_TOKEN'),
    fileRoot: get('MILLRACE_FILE_ROOT'),
    tlsRoot: get('MILLRACE_TLS_ROOT'),
    schemaRegistries: (get('MILLRACE_SCHEMA_REGISTRIES') ?? '').split(',').flatMap(httpAddress),
    demo: flag('MILLRACE_DEMO', get('MILLRACE_DEMO') ?? 'on'),
    demoRate: count('MILLRACE_DEMO_RATE', get('MILLRACE_DEMO_RATE') ?? '1000', 1, 1_000_000),
    checkpointIntervalMs: count(
      'MILLRACE_CHECKPOINT_INTERVAL_MS',
      get('MILLRACE_CHECKPOINT_INTERVAL_MS') ?? '1000',
      1,
      600_000,
    ),
    retention: {
      requests: keep(get, 'REQUESTS', 7, 10_000),
      lateRows: keep(get, 'LATE_ROWS', 30, 1_000_000),
      deadLetters: keep(get, 'DEAD_LETTERS', 30, 1_000_000),
    },
    upkeepIntervalMs: count(
      'MILLRACE_UPKEEP_INTERVAL_MS',
      get('MILLRACE_UPKEEP_INTERVAL_MS') ?? '60000',
      10,
      86_400_000,
    ),
    parallelism: count('MILLRACE_PARALLELISM', get('MILLRACE_PARALLELISM') ?? '1', 1, 64),
    isolation: isolation(get('MILLRACE_ISOLATION')),
    taskMemoryMb: megabytes('MILLRACE_TASK_MEMORY_MB', get('MILLRACE_TASK_MEMORY_MB'), 4),
    pipelineMemoryMb: megabytes('MILLRACE_PIPELINE_MEMORY_MB', get('MILLRACE_PIPELINE_MEMORY_MB'), 64),
    logLevel: level(get('MILLRACE_LOG_LEVEL') ?? 'warn'),
  };
}

const HOUR_MS = 3_600_000;

/** MILLRACE_KEEP_<what>_HOURS and …_ROWS; 0 sets no bound. */
function keep(get: (key: string) => string | null, what: string, days: number, rows: number): KeepConfig {
  const read = (unit: string, otherwise: number): number | null => {
    const key = `MILLRACE_KEEP_${what}_${unit}`;
    const value = count(key, get(key) ?? String(otherwise), 0, 1_000_000_000);
    return value === 0 ? null : value;
  };
  const hours = read('HOURS', days * 24);
  return { keepMs: hours === null ? null : hours * HOUR_MS, keepRows: read('ROWS', rows) };
}

function invalid(key: string, value: string, expected: string): MillraceError {
  return new MillraceError({
    code: 'INVALID_CONFIG',
    message: `${key} = "${value}" is not ${expected}`,
    hint: `set ${key} to ${expected}, or leave it unset`,
  });
}

function count(key: string, value: string, least: number, most: number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < least || number > most)
    throw invalid(key, value, `a whole number from ${least} to ${most}`);
  return number;
}

function megabytes(key: string, value: string | null, least: number): number | null {
  return value === null ? null : count(key, value, least, 100_000_000);
}

function isolation(value: string | null): Config['isolation'] {
  if (value === null || value === 'inline' || value === 'thread' || value === 'process') return value;
  throw invalid('MILLRACE_ISOLATION', value, 'inline, thread or process');
}

function port(key: string, value: string | null): number | null {
  return value === null ? null : count(key, value, 1, 65_535);
}

function flag(key: string, value: string): boolean {
  if (['on', 'true', '1'].includes(value)) return true;
  if (['off', 'false', '0'].includes(value)) return false;
  throw invalid(key, value, 'on or off');
}

function level(value: string): Config['logLevel'] {
  if (value === 'debug' || value === 'info' || value === 'warn' || value === 'error') return value;
  throw invalid('MILLRACE_LOG_LEVEL', value, 'debug, info, warn or error');
}

function url(value: string | null): string | null {
  if (value !== null && !/^postgres(ql)?:\/\//.test(value))
    throw invalid(
      'DATABASE_URL',
      value.replace(/:[^:@/]*@/, ':…@'),
      'an address such as postgres://user@host:5432/db',
    );
  return value;
}

function httpAddress(value: string): readonly string[] {
  const trimmed = value.trim();
  if (trimmed === '') return [];
  if (!/^https?:\/\/[^/@?#]+(\/[^?#]*)?$/.test(trimmed))
    throw invalid('MILLRACE_SCHEMA_REGISTRIES', trimmed, 'http://host:port, …');
  return [trimmed];
}

function address(value: string): string {
  if (!/^\[?[A-Za-z0-9._:-]+\]?:\d+$/.test(value)) throw invalid('KAFKA_BROKERS', value, 'host:port, …');
  return value;
}
