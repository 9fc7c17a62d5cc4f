// What a case is when it is written down: everything that replays it.

import type { Tree } from './tree.ts';
import { Dice } from './dice.ts';
import { declaration, randomRecords, randomTable } from './tables.ts';
import { Queries } from './queries.ts';

export interface Script {
  readonly sources: readonly string[];
  /** The query of the view. */
  readonly query: string;
  /** By source, by partition. */
  readonly logs: readonly (readonly (readonly string[])[])[];
  readonly optimize: boolean;
  readonly tasks: number;
  readonly maxChunk: number;
  readonly maxEpochBytes: number;
  /** The probability that a commit is a crash, or that its answer is lost. */
  readonly crash: number;
  /** Determines chunks, crashes and at which commits one looks. */
  readonly seed: number;
}

export interface Case {
  readonly script: Script;
  readonly tree: Tree;
}

export function randomCase(seed: number): Case {
  const dice = new Dice(seed);
  const tables = ['a', 'b'].map((name) => randomTable(dice, name));
  const tree = new Queries(dice, tables).view();
  const logs = tables.map((table) => randomRecords(dice, table));
  const script: Script = {
    sources: tables.map(declaration),
    query: '',
    logs,
    optimize: dice.chance(0.75),
    tasks: dice.one([1, 1, 2, 3]),
    maxChunk: dice.one([1, 7, 100]),
    maxEpochBytes: dice.one([200, 1000, 5000]),
    crash: dice.one([0, 0, 0.15]),
    seed,
  };
  return { script, tree };
}
