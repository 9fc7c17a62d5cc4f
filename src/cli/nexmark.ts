// `millrace nexmark`: events of the generator on standard output.

import { once } from 'node:events';
import { nexmarkFeed } from '../connectors/nexmark/feed.ts';
import type { NexmarkTable } from '../connectors/nexmark/event-order.ts';
import { NEXMARK_TABLES } from '../connectors/nexmark/event-order.ts';
import { DEFAULT_OPTIONS } from '../connectors/nexmark/generator.ts';

export interface NexmarkCommand {
  readonly events: number;
  readonly seed: number;
  /** undefined: all three. */
  readonly table: NexmarkTable | undefined;
}

const BATCH = 2000;

export async function nexmark({ events, seed, table }: NexmarkCommand): Promise<number> {
  const tables = table === undefined ? NEXMARK_TABLES : [table];
  const feed = nexmarkFeed({
    generator: { ...DEFAULT_OPTIONS, seed },
    progress: Object.fromEntries(tables.map((name) => [name, [0]])),
    events,
  });
  while (!feed.finished) {
    const lines = feed.next(BATCH).flatMap(({ records }) => records.map(({ value }) => value.toString()));
    if (lines.length > 0 && !process.stdout.write(`${lines.join('\n')}\n`))
      await once(process.stdout, 'drain');
  }
  return 0;
}

export function isNexmarkTable(name: string): name is NexmarkTable {
  return (NEXMARK_TABLES as readonly string[]).includes(name);
}
