// WITH (…) of CREATE SOURCE: which connector, where it starts and ends, how it is read.

import type { BoundedMode, SourceConnector, SourceReading, StartupMode } from '../catalog/connector.ts';
import { didYouMean } from '../catalog/near.ts';
import type { TextSpan } from '../errors.ts';
import type { RowSchema } from '../data/types.ts';
import { bindDatagen } from './datagen-options.ts';
import { invalidOption } from './fail.ts';
import { readProperties } from './kafka-properties.ts';
import type { Options } from './options.ts';

const SOURCE_CONNECTORS = ['kafka', 'file', 'nexmark', 'datagen'];

const OFFSETS_HINT = "write it like '0:42,1:300': partition and offset";

/** `columns`: those that datagen makes; `span`: where one that it cannot make is told. */
export function readConnector(options: Options, columns: RowSchema, span: TextSpan): SourceConnector {
  const connector = options.required('connector', `connectors: ${SOURCE_CONNECTORS.join(', ')}`);
  switch (connector.value.toLowerCase()) {
    case 'kafka':
      return {
        connector: 'kafka',
        topic: options.required('topic', "topic = 'name of the Kafka topic'").value,
        startup: readStartup(options),
        bounded: readBounded(options),
        properties: readProperties(options),
      };
    case 'nexmark':
      return {
        connector: 'nexmark',
        table: readNexmarkTable(options),
        seed: options.count('nexmark.seed', 0, 1),
        events: options.count('nexmark.events', 1, null),
        rate: options.count('nexmark.rate', 1, null),
        partitions: options.count('nexmark.partitions', 1, 1),
      };
    case 'file':
      return {
        connector: 'file',
        path: options.required('path', "path = 'file below the configured folder'").value,
      };
    case 'datagen':
      return bindDatagen(options, columns, span);
    default:
      throw unknownConnector(connector.value, SOURCE_CONNECTORS, connector.valueSpan);
  }
}

export function unknownConnector(name: string, known: readonly string[], span: TextSpan): Error {
  const hint = didYouMean(name, known) ?? `connectors here: ${known.join(', ')}`;
  return invalidOption('connector', `there is no connector "${name}" here`, span, hint);
}

function readNexmarkTable(options: Options): 'bid' | 'auction' | 'person' {
  options.required('nexmark.table', 'nexmark.table is bid, auction or person');
  return options.oneOf('nexmark.table', ['bid', 'auction', 'person'], 'bid');
}

function readStartup(options: Options): StartupMode {
  const modes = ['earliest', 'latest', 'timestamp', 'specific-offsets'] as const;
  const mode = options.oneOf('scan.startup.mode', modes, 'earliest');
  const [millis, offsets] = ['scan.startup.timestamp.millis', 'scan.startup.offsets'];
  if (mode !== 'timestamp') options.refuse(millis, "is for scan.startup.mode = 'timestamp'");
  if (mode !== 'specific-offsets') options.refuse(offsets, "is for scan.startup.mode = 'specific-offsets'");
  switch (mode) {
    case 'timestamp':
      return {
        mode,
        millis: options.requiredCount(millis, 0, 'milliseconds since 1970 from which records are read'),
      };
    case 'specific-offsets':
      return { mode: 'offsets', offsets: options.offsets(offsets, OFFSETS_HINT) };
    default:
      return { mode };
  }
}

function readBounded(options: Options): BoundedMode {
  const modes = ['unbounded', 'latest-offset', 'timestamp', 'specific-offsets'] as const;
  const mode = options.oneOf('scan.bounded.mode', modes, 'unbounded');
  const [millis, offsets] = ['scan.bounded.timestamp.millis', 'scan.bounded.offsets'];
  if (mode !== 'timestamp') options.refuse(millis, "is for scan.bounded.mode = 'timestamp'");
  if (mode !== 'specific-offsets') options.refuse(offsets, "is for scan.bounded.mode = 'specific-offsets'");
  switch (mode) {
    case 'timestamp':
      return {
        mode,
        millis: options.requiredCount(millis, 0, 'milliseconds since 1970 up to which records are read'),
      };
    case 'specific-offsets':
      return { mode: 'offsets', offsets: options.offsets(offsets, OFFSETS_HINT) };
    default:
      return { mode: mode === 'unbounded' ? mode : 'latest' };
  }
}

const DEFAULT_IDLE_TIMEOUT = 30_000;

export function readReading(options: Options): SourceReading {
  return {
    idleTimeout: options.durationOrNone('idle_timeout', DEFAULT_IDLE_TIMEOUT),
    allowedLateness: options.duration('allowed_lateness', 0),
    maxFuture: options.durationOrNone('max_future', null),
    maxDrift: options.durationOrNone('max_drift', null),
    maxRate: options.count('max_rate', 1, null),
    onDataLoss: options.oneOf('on_data_loss', ['fail', 'continue'], 'fail'),
    maxDeadLetters: options.count('max_dead_letters', 0, null),
    validate: options.oneOf('validate', ['strict', 'projected'], 'strict'),
  };
}
