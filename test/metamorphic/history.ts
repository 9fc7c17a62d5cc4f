// The records of an input in memory, once more, for the verdict: all of them, or those before some offsets.

import type { InputDef } from '../../src/catalog/definition.ts';
import type { SourceHistory } from '../../src/oracle/source-rows.ts';
import { numberOf } from '../../src/pipeline/catalog-store.ts';
import type { Logs } from '../task/memory-input.ts';
import { MemoryReader } from '../task/memory-input.ts';

const CHUNK = 2048;

export function historyOf(
  source: InputDef,
  logs: readonly Logs[],
  pipelineId: number,
  before: ReadonlyMap<number, number> | null,
): SourceHistory {
  const all = logs[numberOfLog(source)]!;
  const reader = new MemoryReader({
    logs: before === null ? all : all.map((log, partition) => log.slice(0, before.get(partition) ?? 0)),
    owns: () => true,
    start: null,
    random: () => 0.5,
    maxChunk: CHUNK,
  });
  return { sourceId: numberOf(source.id), pipelineId, reader };
}

function numberOfLog({ name, connector }: InputDef): number {
  if (connector.connector === 'nexmark') return connector.seed;
  if (connector.connector === 'kafka') return Number(connector.topic);
  throw new Error(`${name} is not in memory`);
}
