// Opens the input of a source, where its pipeline stands or where the source says to start.

import type { KafkaSource, SourceConnector } from '../catalog/connector.ts';
import type { RegistryFormat, SourceFormat } from '../catalog/format.ts';
import type { InputDef } from '../catalog/definition.ts';
import { openDatagenReader } from '../connectors/datagen/reader.ts';
import type { KafkaCluster } from '../connectors/kafka/cluster.ts';
import type { KafkaReaderOptions } from '../connectors/kafka/open-reader.ts';
import type { SchemaCache } from '../connectors/registry/schema-cache.ts';
import { SchemaGate } from '../connectors/registry/schema-gate.ts';
import type { EndPosition, SourceReader, StartPosition } from '../connectors/source.ts';
import type { PartitionProgress, SourceProgress } from '../epoch/write-plan.ts';

/** What opening needs of the installation. */
export interface SourceWorld {
  /** The cluster for the `properties.*` of a source. */
  cluster(connector: { readonly properties: Readonly<Record<string, string>> }): KafkaCluster;
  openKafka(source: KafkaSource, options: Omit<KafkaReaderOptions, 'cluster'>): Promise<SourceReader>;
  openNexmark(
    source: Extract<SourceConnector, { connector: 'nexmark' }>,
    start: Resume,
    share: SourceShare,
    maxRate: number | null,
  ): SourceReader;
  openFile(
    source: Extract<SourceConnector, { connector: 'file' }>,
    format: SourceFormat,
    start: Resume,
    share: SourceShare,
    maxRate: number | null,
  ): Promise<SourceReader>;
  /** Schemas of the registry that a format names. */
  schemas(format: Pick<RegistryFormat, 'url' | 'username' | 'password'>): SchemaCache;
}

/** The part of a source that one of `of` tasks reads. */
export interface SourceShare {
  readonly owns: (partition: number) => boolean;
  readonly of: number;
  /** As many as the connector takes by itself when not given. */
  readonly readAheadBytes?: number;
}

export const WHOLE_SOURCE: SourceShare = { owns: () => true, of: 1 };

/** Where a pipeline stands in a source; null: it has never committed. */
export interface Resume {
  readonly offsets: ReadonlyMap<number, number> | null;
  readonly ends: ReadonlyMap<number, number> | null;
  readonly identity: string | undefined;
}

/** From what a pipeline committed last. */
export function resumeOf(
  taken: {
    readonly partitions: readonly PartitionProgress[];
    readonly sources: readonly SourceProgress[];
  },
  sourceId: number,
): Resume {
  const partitions = taken.partitions.filter((p) => p.sourceId === sourceId);
  if (partitions.length === 0) return { offsets: null, ends: null, identity: undefined };
  const ends = partitions.flatMap((p) => (p.endOffset === null ? [] : [[p.partition, p.endOffset] as const]));
  return {
    offsets: new Map(partitions.map((p) => [p.partition, p.nextOffset])),
    ends: ends.length === 0 ? null : new Map(ends),
    identity: taken.sources.find((s) => s.sourceId === sourceId)?.identity ?? undefined,
  };
}

/** Where records name their schemas, a gate lets them through when the schemas are known. */
export function behindGate(
  { format }: Pick<InputDef, 'format'>,
  reader: SourceReader,
  world: Pick<SourceWorld, 'schemas'>,
): SourceReader {
  if (!('subject' in format)) return reader;
  const readers = [format.reader, 'keyReader' in format ? format.keyReader : undefined];
  return new SchemaGate(reader, world.schemas(format), {
    readers: readers.filter((id) => id !== undefined),
    keys: 'keySubject' in format,
  });
}

export async function openSource(
  source: Pick<InputDef, 'connector' | 'reading' | 'format' | 'columns'>,
  resume: Resume,
  share: SourceShare,
  world: SourceWorld,
): Promise<SourceReader> {
  const { connector, reading } = source;
  const maxRate = reading.maxRate === null ? null : reading.maxRate / share.of;
  switch (connector.connector) {
    case 'kafka':
      return world.openKafka(connector, {
        topic: connector.topic,
        start: startOf(connector, resume),
        end: endOf(connector, resume),
        identity: resume.identity,
        owns: share.owns,
        onDataLoss: reading.onDataLoss,
        ...(share.readAheadBytes === undefined ? {} : { limits: { queueBytes: share.readAheadBytes } }),
        ...(maxRate === null ? {} : { maxRate }),
      });
    case 'nexmark':
      return world.openNexmark(connector, resume, share, maxRate);
    case 'datagen':
      return openDatagenReader({
        source: connector,
        columns: source.columns,
        offsets: resume.offsets,
        ends: resume.ends,
        owns: share.owns,
        maxRate,
      });
    case 'file':
      return world.openFile(connector, lineFormat(source.format), resume, share, maxRate);
  }
}

/** How a file is cut into records; change events are lines. */
function lineFormat(format: InputDef['format']): SourceFormat {
  return format.format === 'PLAIN' ? format : { format: 'PLAIN', encode: 'JSON' };
}

function startOf({ startup }: KafkaSource, resume: Resume): StartPosition {
  if (resume.offsets !== null) return { kind: 'offsets', offsets: resume.offsets };
  switch (startup.mode) {
    case 'earliest':
    case 'latest':
      return { kind: startup.mode };
    case 'timestamp':
      return { kind: 'timestamp', ms: startup.millis };
    case 'offsets':
      return { kind: 'offsets', offsets: new Map(startup.offsets) };
  }
}

function endOf({ bounded }: KafkaSource, resume: Resume): EndPosition {
  if (bounded.mode === 'unbounded') return { kind: 'unbounded' };
  if (resume.ends !== null) return { kind: 'offsets', offsets: resume.ends };
  switch (bounded.mode) {
    case 'latest':
      return { kind: 'latest' };
    case 'timestamp':
      return { kind: 'timestamp', ms: bounded.millis };
    case 'offsets':
      return { kind: 'offsets', offsets: new Map(bounded.offsets) };
  }
}
