// What a case is when it is written down: everything that replays it.

import type { FoldLimits } from '../../src/task/state-keeper.ts';
import type { Logs } from '../task/memory-input.ts';
import { Dice } from './dice.ts';
import { callsFunction, FUNCTIONS } from './functions.ts';
import { Queries } from './queries.ts';
import { randomRecords } from './records.ts';
import { declaration, randomTable } from './tables.ts';
import type { Tree } from './tree.ts';
import { render } from './tree.ts';

export interface Script {
  /** Declarations of sources and tables; the first reads the first of `logs`. */
  readonly sources: readonly string[];
  /** The query of a view `u` which the other may read. */
  readonly under?: string;
  /** `u` is a pipeline of its own, whose change log the other follows. */
  readonly apart?: boolean;
  /** The query of the view. */
  readonly query: string;
  /** By source, by partition. */
  readonly logs: readonly Logs[];
  readonly optimize: boolean;
  readonly tasks: number;
  /** As how many it goes on after every other crash. */
  readonly otherTasks?: number;
  readonly maxChunk: number;
  readonly maxEpochBytes: number;
  /** When state is written as a snapshot. */
  readonly fold?: FoldLimits;
  /** The probability that a commit is a crash, or that its answer is lost. */
  readonly crash: number;
  /** Determines chunks, crashes, the clock and at which commits one looks. */
  readonly seed: number;
}

export interface Case {
  readonly script: Script;
  readonly trees: { readonly under: Tree | null; readonly query: Tree };
}

/** After every second delta, or when they outweigh the state; whole, or in pieces over several epochs. */
const FOLDS: readonly FoldLimits[] = [
  { minBytes: 0, maxDeltas: 2, pieceBytes: 1_000_000 },
  { minBytes: 0, maxDeltas: 100, pieceBytes: 1_000_000 },
  { minBytes: 0, maxDeltas: 2, pieceBytes: 300 },
  { minBytes: 0, maxDeltas: 4, pieceBytes: 2000 },
];

export function randomCase(seed: number): Case {
  const dice = new Dice(seed);
  const tables = ['a', 'b'].map((name) => randomTable(dice, name));
  const queries = new Queries(dice, tables);
  const under = dice.chance(0.15) ? queries.under() : null;
  const query = queries.view();
  const apart = under !== null && / u AS /.test(render(query)) && dice.chance(0.5);
  const tasks = dice.one([1, 1, 2, 3]);
  const otherTasks = dice.chance(0.4) ? dice.one([1, 2, 3]) : tasks;
  const script: Script = {
    sources: tables.map(declaration),
    query: '',
    logs: tables.map((table) => randomRecords(dice, table, Math.max(tasks, otherTasks))),
    optimize: dice.chance(0.75),
    tasks,
    otherTasks,
    maxChunk: dice.one([1, 4, 20]),
    maxEpochBytes: dice.one([1, 150, 500, 3000]),
    crash: dice.one([0, 0, 0.15, 0.3]),
    ...(dice.chance(0.5) ? { fold: dice.one(FOLDS) } : {}),
    ...(apart ? { apart } : {}),
    seed,
  };
  return { script, trees: { under, query } };
}

export function scriptOf({ script, trees: { under, query } }: Case): Script {
  return { ...script, ...(under === null ? {} : { under: render(under) }), query: render(query) };
}

export function statements(script: Script): string {
  return submissions(script).join('\n');
}

/** What is submitted, one after the other. */
export function submissions({ sources, under, query, apart }: Script): readonly string[] {
  const above = `CREATE MATERIALIZED VIEW v AS ${query};`;
  const below = under === undefined ? [] : [`CREATE MATERIALIZED VIEW u AS ${under};`];
  const functions = callsFunction(`${under} ${query}`) ? [FUNCTIONS] : [];
  const first = [...sources, ...functions, ...below].join('\n');
  return apart === true && under !== undefined ? [first, above] : [`${first}\n${above}`];
}
