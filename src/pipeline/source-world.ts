// What opening an input needs of the installation, in whatever process or thread it is opened.

import { openFileReader } from '../connectors/file/reader.ts';
import { openReader } from '../connectors/kafka/open-reader.ts';
import { openNexmarkReader } from '../connectors/nexmark/reader.ts';
import type { EndPosition, StartPosition } from '../connectors/source.ts';
import type { KafkaClusters } from './kafka-clusters.ts';
import type { SchemaRegistries } from './schema-registries.ts';
import { requireFileRoot } from './open-end.ts';
import type { Resume, SourceWorld } from './open-source.ts';

export function sourceWorld(
  clusters: KafkaClusters,
  fileRoot: string | null,
  registries: SchemaRegistries,
): SourceWorld {
  return {
    schemas: (format) => registries.of(format),
    cluster: (source) => clusters.of(source),
    openKafka: (source, options) => openReader({ ...options, cluster: clusters.of(source) }),
    openNexmark: (source, resume, { owns }, maxRate) =>
      openNexmarkReader({ source, start: startOf(resume), end: endOf(resume), owns, maxRate }),
    openFile: (source, format, resume, { owns }, maxRate) =>
      openFileReader({
        root: requireFileRoot(fileRoot),
        path: source.path,
        format,
        start: startOf(resume),
        end: endOf(resume),
        identity: resume.identity,
        owns,
        maxRate,
      }),
  };
}

function startOf({ offsets }: Resume): StartPosition {
  return offsets === null ? { kind: 'earliest' } : { kind: 'offsets', offsets };
}

function endOf({ ends }: Resume): EndPosition | undefined {
  return ends === null ? undefined : { kind: 'offsets', offsets: ends };
}
