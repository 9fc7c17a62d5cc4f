// Where an input comes from and where an output goes, as the options of CREATE SOURCE and CREATE SINK said it: typed,
// validated, and plain JSON. Connectors read these; nobody reads option texts again.

import type { CsvStyle } from './format.ts';

export type StartupMode =
  | { readonly mode: 'earliest' }
  | { readonly mode: 'latest' }
  | { readonly mode: 'timestamp'; readonly millis: number }
  /** Partition and first offset; partitions not named start at their earliest. */
  | { readonly mode: 'offsets'; readonly offsets: readonly (readonly [partition: number, offset: number])[] };

export type BoundedMode =
  | { readonly mode: 'unbounded' }
  | { readonly mode: 'latest' }
  | { readonly mode: 'timestamp'; readonly millis: number }
  /** Partition and end offset, exclusive. */
  | { readonly mode: 'offsets'; readonly offsets: readonly (readonly [partition: number, offset: number])[] };

export interface KafkaSource {
  readonly connector: 'kafka';
  readonly topic: string;
  readonly startup: StartupMode;
  readonly bounded: BoundedMode;
  /** `properties.*` without the prefix, as written; empty `bootstrap.server` means the broker of the installation. */
  readonly properties: Readonly<Record<string, string>>;
}

export interface NexmarkSource {
  readonly connector: 'nexmark';
  readonly table: 'bid' | 'auction' | 'person';
  readonly seed: number;
  /** Events of all three kinds that the generator makes before it ends; null: it never ends. */
  readonly events: number | null;
  /** Events per second; null: as fast as they are taken. */
  readonly rate: number | null;
  readonly partitions: number;
}

export interface FileSource {
  readonly connector: 'file';
  /** Below the root that the configuration allows. */
  readonly path: string;
}

/** Generated rows: see connectors/datagen. Whole numbers beyond 2^53 are texts. */
export interface DatagenSource {
  readonly connector: 'datagen';
  readonly seed: number;
  /** Null: it never ends. */
  readonly rows: number | null;
  /** Rows per second; null: as fast as they are taken. */
  readonly rate: number | null;
  readonly partitions: number;
  /** One per declared column. */
  readonly fields: readonly DatagenField[];
}

/** Times are milliseconds since 1970. Numbers with a scale have that many random digits behind the point. */
export type DatagenField =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'sequence'; readonly start: string; readonly end: string | null; readonly scale: number }
  | { readonly kind: 'random integer'; readonly min: string; readonly max: string; readonly scale: number }
  | { readonly kind: 'random double'; readonly min: number; readonly max: number }
  | { readonly kind: 'random text'; readonly length: number }
  | { readonly kind: 'time sequence'; readonly start: number; readonly step: number }
  | { readonly kind: 'random time'; readonly min: number; readonly max: number }
  /** Days since 1970. */
  | { readonly kind: 'date sequence'; readonly start: number; readonly step: number }
  | { readonly kind: 'random date'; readonly min: number; readonly max: number }
  | { readonly kind: 'random time of day' }
  | { readonly kind: 'random uuid' }
  | { readonly kind: 'random bytes'; readonly length: number };

export type SourceConnector = KafkaSource | NexmarkSource | FileSource | DatagenSource;

/** How a source is read, whatever its connector. Times are milliseconds. */
export interface SourceReading {
  /** A partition whose end was proven for this long no longer holds the watermark back; null: never idle. */
  readonly idleTimeout: number | null;
  readonly allowedLateness: number;
  /** A row further beyond its broker timestamp does not move the watermark; null: no bound. */
  readonly maxFuture: number | null;
  /** A partition further ahead of the slowest is paused; null: no bound. */
  readonly maxDrift: number | null;
  /** Records per second; null: no bound. */
  readonly maxRate: number | null;
  readonly onDataLoss: 'fail' | 'continue';
  /** Invalid records after which the pipeline pauses; null: no bound. */
  readonly maxDeadLetters: number | null;
  /** `strict`: a record is valid when all declared columns convert; `projected`: when those do that a query uses. */
  readonly validate: 'strict' | 'projected';
}

export interface BlackholeSink {
  readonly connector: 'blackhole';
}

export interface FileSink {
  readonly connector: 'file';
  readonly path: string;
  /** CSV; left out: JSON Lines. */
  readonly csv?: CsvStyle;
}

/** A relay of a change log into a topic, by transactions. */
export interface KafkaSink {
  readonly connector: 'kafka';
  readonly topic: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly format: SinkFormat;
  /** Avro by schemas of a registry; left out: JSON. */
  readonly registry?: SinkRegistry;
  /** What to do when the topic holds changes that the database does not know, because it was restored to an earlier state. */
  readonly whenAhead: 'fail' | 'continue';
  /** Milliseconds after which the broker ends a transaction of a relay that is gone. */
  readonly transactionTimeout: number;
}

/** Where the schemas of a sink are registered. `url` null: in the one registry that the installation allows. */
export interface SinkRegistry {
  readonly url: string | null;
  readonly username: string | null;
  readonly password: string | null;
  readonly subject: string;
  readonly keySubject: string;
}

/** PLAIN: rows of an append-only input. UPSERT: the last row per key, tombstones. DEBEZIUM: before and after. */
export type SinkFormat = 'PLAIN' | 'UPSERT' | 'DEBEZIUM';

export type SinkConnector = BlackholeSink | FileSink | KafkaSink;
