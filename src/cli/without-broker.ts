// The demo where no Kafka can be had: sources that read the demo's Nexmark topics read the same tables of the built-in generator
// instead. A file that reads another topic is left out and named.

import type { SqlFile } from '../pipeline/deployments.ts';
import { parseStatements } from '../sql/parse.ts';
import type { CreateSource, CreateTable, Option } from '../sql/statement.ts';
import { DEMO_PARTITIONS, DEMO_TOPICS } from './demo.ts';

/** The file as it can run, or null: it needs a broker. A file that cannot be read is as it is, so that deploying it says why. */
export function withoutBroker(file: SqlFile, rate: number): SqlFile | null {
  let sources: readonly (CreateSource | CreateTable)[];
  try {
    sources = parseStatements(file.text).filter(
      (statement) => statement.kind === 'CreateSource' || statement.kind === 'CreateTable',
    );
  } catch {
    return file;
  }
  let { text } = file;
  for (const source of sources.toReversed()) {
    const { options } = source;
    if (valueOf(options, 'connector') !== 'kafka' || options.some(isServer)) continue;
    const table = tableOf(valueOf(options, 'topic'));
    if (table === undefined || source.kind === 'CreateTable') return null;
    const replaced = `connector = 'nexmark', nexmark.table = '${table}', nexmark.rate = '${rate}', nexmark.partitions = '${DEMO_PARTITIONS[table]}'`;
    text = text.slice(0, options[0]!.span.offset) + replaced + text.slice(options.at(-1)!.span.end);
  }
  return { name: file.name, text };
}

function isServer({ key }: Option): boolean {
  return key === 'properties.bootstrap.server';
}

function valueOf(options: readonly Option[], key: string): string | undefined {
  return options.find((option) => option.key === key)?.value;
}

function tableOf(topic: string | undefined): 'bid' | 'auction' | 'person' | undefined {
  return (['bid', 'auction', 'person'] as const).find((table) => DEMO_TOPICS[table] === topic);
}
