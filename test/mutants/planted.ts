// Run as `node planted.ts NUMBER` with DATABASE_URL: loads Millrace with one mutant in it, plays what once failed and hunts for a
// difference from Postgres. Exit code 3: caught; 0: it lives.

import { registerHooks } from 'node:module';
import type { Script } from '../fuzz/script.ts';
import { MUTANTS } from './mutants.ts';
import { isOf, planted } from './plant.ts';

const SEED = 1;
const QUERIES = Number(process.env['MUTANT_QUERIES'] ?? 1500);
/** Made, and passed over or played. */
const MADE = 60_000;

const mutant = MUTANTS[Number(process.argv[2])]!;
let loads = 0;
let made = 0;
registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!isOf(mutant, url)) return loaded;
    loads++;
    return { ...loaded, source: planted(mutant, String(loaded.source)) };
  },
});

const { Judge } = await import('../fuzz/judge.ts');
const { emptyBag, hunt } = await import('../fuzz/hunt.ts');
const { regressions } = await import('../fuzz/regressions.ts');
const { statements } = await import('../fuzz/script.ts');
const { judge } = await import('../fuzz/verdict.ts');

const judged = await Judge.open(process.env['DATABASE_URL']!);
const how = await caught();
if (loads !== 1) throw new Error(`${mutant.file} was loaded ${loads} times`);
console.log(how ?? `it lives: ${mutant.name}`);
await judged.close();
process.exit(how === null ? 0 : 3);

function wanted(script: Script): boolean {
  made++;
  return mutant.about?.test(statements(script)) !== false;
}

async function caught(): Promise<string | null> {
  for (const [name, script] of regressions()) {
    if (mutant.about?.test(statements(script)) === false) continue;
    const verdict = await judge(script, judged);
    if (verdict.kind === 'wrong') return `${name}: ${verdict.way}`;
  }
  const bag = emptyBag();
  const until = (): boolean => bag.cases >= QUERIES || made >= MADE;
  const found = await hunt({ firstSeed: SEED, until, shrinkMs: 0, wanted }, judged, bag);
  return found === null ? null : `query ${bag.cases} of ${made}: ${found.wrong.way}`;
}
