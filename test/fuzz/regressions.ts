// Scripts that once failed, as small as shrinking made them; the default run plays them all.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Caught } from './hunt.ts';
import type { Script } from './script.ts';

const FOLDER = join(import.meta.dirname, 'regressions');

export interface Kept extends Script {
  /** How it failed. */
  readonly way: string;
  /** What becomes of it; `same` when nothing is said. */
  readonly answer?: 'refused';
}

/** Returns the path of the file. */
export function store({ seed, script, wrong }: Caught): string {
  const path = join(FOLDER, `seed-${seed}.json`);
  const kept: Kept = { way: wrong.way, ...script };
  writeFileSync(path, `${JSON.stringify(kept, null, 2)}\n`);
  return path;
}

export function regressions(): readonly (readonly [name: string, script: Kept])[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  return names.map((name) => [name, JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Kept]);
}
