// The files of queries/nexmark, and what is made of them to run them elsewhere: other connectors for their sources, another end for
// their results.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', 'queries', 'nexmark');

export interface NexmarkQuery {
  readonly name: string;
  readonly sql: string;
}

/** By number. */
export function nexmarkQueries(): readonly NexmarkQuery[] {
  const number = (name: string): number => Number(name.slice(1));
  return readdirSync(FOLDER)
    .flatMap((file) => /^(q\d+)\.sql$/.exec(file)?.[1] ?? [])
    .sort((a, b) => number(a) - number(b))
    .map((name) => ({ name, sql: readFileSync(join(FOLDER, `${name}.sql`), 'utf8') }));
}

export function nexmarkSources(): string {
  return readFileSync(join(FOLDER, 'events.sql'), 'utf8');
}

/** `options` gives what stands in WITH (…) for a topic. */
export function withSources(sql: string, options: (topic: string) => string): string {
  return sql.replaceAll(
    /WITH \(connector = 'kafka', topic = '([a-z-]+)'[^)]*\)/g,
    (_, topic: string) => `WITH (${options(topic)})`,
  );
}

/** The query ends in a view, whatever its file ends in. */
export function asView(sql: string): string {
  return sql
    .replace(/CREATE SINK (q\d+)/, 'CREATE MATERIALIZED VIEW $1')
    .replace(/\nWITH \(connector = 'file'[^)]*\)/, '');
}

/** The query ends in a blackhole, which counts rows. */
export function asBlackhole(sql: string): string {
  return asView(sql)
    .replace(/CREATE MATERIALIZED VIEW (q\d+)/, 'CREATE SINK $1')
    .replace(/;\s*$/, "\nWITH (connector = 'blackhole');\n");
}
