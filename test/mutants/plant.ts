// A source file with a mutant in it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from './mutants.ts';

const SRC = join(import.meta.dirname, '../../src');

export function sourceOf({ file }: Mutant): string {
  return readFileSync(join(SRC, file), 'utf8');
}

/** Throws when the text is not there, or more than once. */
export function planted({ file, from, to }: Mutant, source: string): string {
  if (source.split(from).length !== 2) throw new Error(`${file} does not hold once: ${from}`);
  return source.replace(from, () => to);
}

export function isOf({ file }: Mutant, path: string): boolean {
  return path.endsWith(`/src/${file}`);
}
