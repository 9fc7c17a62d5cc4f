// One case after the other until the time is over or something is wrong.

import type { Judge } from './judge.ts';
import type { Script } from './script.ts';
import { randomCase, scriptOf } from './script.ts';
import type { Failure } from './shrink.ts';
import { shrink } from './shrink.ts';
import { judge } from './verdict.ts';

export interface Hunt {
  readonly firstSeed: number;
  readonly until: () => boolean;
  readonly shrinkMs: number;
  /** Others are passed over; all are played by default. */
  readonly wanted?: (script: Script) => boolean;
}

export interface Caught extends Failure {
  readonly seed: number;
}

export interface Bag {
  cases: number;
  same: number;
  versions: number;
  /** Postgres could not tell about the end of so many, which came to it twice. */
  again: number;
  /** Cases whose view had rows at the end. */
  withRows: number;
  readonly refused: Map<string, number>;
}

export async function hunt(
  { firstSeed, until, shrinkMs, wanted }: Hunt,
  judged: Judge,
  bag: Bag,
): Promise<Caught | null> {
  for (let seed = firstSeed; !until(); seed++) {
    const found = randomCase(seed);
    const script = scriptOf(found);
    if (wanted?.(script) === false) continue;
    const verdict = await judge(script, judged);
    bag.cases++;
    if (verdict.kind === 'same') {
      bag.same++;
      bag.versions += verdict.versions;
      if (verdict.rows > 0) bag.withRows++;
      if (verdict.again) bag.again++;
    } else if (verdict.kind === 'refused') {
      bag.refused.set(verdict.message, (bag.refused.get(verdict.message) ?? 0) + 1);
    } else {
      return { seed, ...(await shrink(found, verdict, judged, shrinkMs)) };
    }
  }
  return null;
}

export function emptyBag(): Bag {
  return { cases: 0, same: 0, again: 0, versions: 0, withRows: 0, refused: new Map() };
}

export function summary(bag: Bag): string {
  const refused = [...bag.refused.values()].reduce((sum, n) => sum + n, 0);
  return `${bag.cases} queries: ${bag.same} as Postgres in ${bag.versions} versions (${bag.withRows} with rows, ${bag.again} where rows fail as when played again), ${refused} refused`;
}
