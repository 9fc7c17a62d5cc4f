// Do the tests find mistakes? Each mutant is one, planted in a process of its own, where the random queries or the suite that it names must
// fail. By default a few of them, others for another seed; MUTANTS=all (npm run test:mutants) plants all.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { freshDatabase } from '../setup/parts.ts';
import { testSeed } from '../setup/seed.ts';
import type { Mutant } from './mutants.ts';
import { MUTANTS } from './mutants.ts';
import { planted, sourceOf } from './plant.ts';

const CAUGHT_BY_QUERIES = 3;
const FAILED_SUITE = 1;
const ALL = process.env['MUTANTS'] === 'all';
const ROOT = join(import.meta.dirname, '../..');
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');

/** One of each kind; every one has its turn as seeds go on. */
const chosen = ALL ? [...MUTANTS.keys()] : [oneOf(isSoon), oneOf(({ suite }) => suite !== undefined)];

function isSoon({ suite, late }: Mutant): boolean {
  return suite === undefined && late !== true;
}

function oneOf(kind: (mutant: Mutant) => boolean): number {
  const numbers = [...MUTANTS.keys()].filter((number) => kind(MUTANTS[number]!));
  return numbers[testSeed() % numbers.length]!;
}

it('are at least sixty, all different, each in a text that is there once', () => {
  expect(MUTANTS.length).toBeGreaterThanOrEqual(60);
  expect(MUTANTS.filter(({ suite }) => suite === undefined).length).toBeGreaterThanOrEqual(60);
  const changed = MUTANTS.map((mutant) => `${mutant.file} ${planted(mutant, sourceOf(mutant))}`);
  expect(new Set(changed).size).toBe(MUTANTS.length);
});

it.each(chosen.map((number) => [MUTANTS[number]!.name, number] as const))(
  'caught: %s',
  async (_name, number) => {
    const mutant = MUTANTS[number]!;
    const { code, output } = await (mutant.suite === undefined ? byQueries(number) : bySuite(number, mutant));
    expect(code, output).toBe(mutant.suite === undefined ? CAUGHT_BY_QUERIES : FAILED_SUITE);
    if (mutant.suite !== undefined) expect(output).toContain(`planted: ${mutant.name}`);
  },
  ALL ? 600_000 : 120_000,
);

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

async function byQueries(number: number): Promise<Ended> {
  const database = await freshDatabase();
  try {
    return await run([join(import.meta.dirname, 'planted.ts'), `${number}`], { DATABASE_URL: database.url });
  } finally {
    await database.drop();
  }
}

/** A suite that needs no servers of its own. */
function bySuite(number: number, { suite }: Mutant): Promise<Ended> {
  return run([VITEST, 'run', `test/${suite}`], {
    MUTANT: `${number}`,
    DATABASE_URL: inject('databaseUrl'),
    KAFKA_BROKERS: inject('kafkaBrokers'),
    NO_COLOR: '1',
  });
}

function run(args: readonly string[], env: Record<string, string>): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => (output += bytes.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}
