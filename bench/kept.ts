// What benchmarks keep in results/: figures as JSON beside the page that is made of them, so that a long run can be made in parts, at
// different times, each of which replaces its own figures.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';

const FOLDER = join(import.meta.dirname, 'results');

/** Under what a part was measured. */
export interface About {
  readonly rounds: number;
  readonly events: number;
  /** The load average when it ended: what else ran. */
  readonly load: number;
}

export function readKept<T>(name: string): T | undefined {
  const path = join(FOLDER, `${name}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : undefined;
}

export async function writeKept(name: string, figures: unknown, page: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  for (const [file, text] of [
    [`${name}.json`, JSON.stringify(figures)],
    [`${name}.md`, page],
  ] as const) {
    const path = join(FOLDER, file);
    writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
  }
}

/** `fresh` in place of what has the same name among `before`, which keep their order. */
export function replaced<T>(
  before: readonly T[],
  fresh: readonly T[],
  nameOf: (one: T) => string,
): readonly T[] {
  const names = new Set(before.map(nameOf));
  return [
    ...before.map((one) => fresh.find((other) => nameOf(other) === nameOf(one)) ?? one),
    ...fresh.filter((one) => !names.has(nameOf(one))),
  ];
}
