// Does a script hold: is every version that was looked at what Postgres answers? Where it does not, in which way, so that a smaller
// script can be seen to fail in the same way. Where Postgres cannot tell what the views hold, the same input must come to the
// same end when it is played another way.

import { MillraceError } from '../../src/errors.ts';
import type { Held, Version } from './history.ts';
import { BEFORE_PLACE } from './history.ts';
import type { Answer, Judge } from './judge.ts';
import { play } from './play.ts';
import { TRUNCATION } from './records.ts';
import type { Script } from './script.ts';

export type Verdict =
  | {
      readonly kind: 'same';
      readonly versions: number;
      readonly rows: number;
      /** Postgres could not tell about the last version, which was played again. */
      readonly again: boolean;
    }
  /** Not supported, and said so. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'wrong'; readonly way: string; readonly detail: string };

type Wrong = Extract<Verdict, { kind: 'wrong' }>;

export async function judge(script: Script, judged: Judge): Promise<Verdict> {
  try {
    const versions = await play(script);
    const found = await compareAll(script, versions, judged);
    if (found !== 'same' && found !== 'untold') return found;
    const told = found === 'same';
    const last = versions.at(-1)!;
    const wrong = told ? null : await playedAgain(script, last);
    if (wrong !== null) return wrong;
    const { rows } = last.views.get('v')!;
    return { kind: 'same', versions: versions.length, rows: rows.length, again: !told };
  } catch (error) {
    return failure(error);
  }
}

/** Of each version, the first that is wrong, or what can be said of the last. */
export async function compareAll(
  script: Script,
  versions: readonly Version[],
  judged: Judge,
): Promise<Found> {
  await judged.load(script);
  let last: Found = 'same';
  for (const version of versions) {
    last = await compare(script, version, judged);
    if (last !== 'same' && last !== 'untold') return last;
  }
  return last;
}

/** What has a place in the text was refused by the planner; what fails later was accepted. */
function failure(error: unknown): Verdict {
  if (error instanceof MillraceError && error.span !== undefined)
    return { kind: 'refused', code: error.code, message: error.message };
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: 'wrong', way: `fails: ${way(error)}`, detail };
}

function way(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/[0-9a-f]{8,}|\d+/g, '#');
}

type Found = 'same' | 'untold' | Wrong;

async function compare(script: Script, version: Version, judged: Judge): Promise<Found> {
  const answers = await judged.answers(script, version);
  const failing = [...version.views.values()].some(({ errors }) => errors.length > 0);
  let all: Found = 'same';
  for (const name of version.views.keys()) {
    const found = await compareView(script, version, name, answers.get(name)!, failing, judged);
    if (found !== 'same' && found !== 'untold') return found;
    if (found === 'untold') all = found;
  }
  return all;
}

async function compareView(
  script: Script,
  version: Version,
  name: string,
  answer: Answer,
  failing: boolean,
  judged: Judge,
): Promise<Found> {
  const { epoch } = version;
  const { rows, errors } = version.views.get(name)!;
  if ('sqlstate' in answer) {
    // Beyond what Postgres can do, so that it cannot tell.
    if (answer.sqlstate === '0A000') return 'untold';
    // The query fails in Postgres as a whole, in Millrace the rows and groups that do.
    if (isOfRow(answer.sqlstate) && failing) return 'untold';
    const inOrder = await judged.asWritten(script, version, name);
    if ('rows' in inOrder && differences(rows, inOrder.rows) === '') return 'same';
    const detail = `${name}, epoch ${epoch}: ${answer.message}, and ${errors.length} rows fail`;
    return { kind: 'wrong', way: `Postgres fails ${answer.sqlstate}`, detail };
  }
  if (errors.length > 0) {
    if (await fails(script, version, name, errors, judged)) return 'untold';
    return { kind: 'wrong', way: 'fails alone', detail: `${name}, epoch ${epoch}:\n${errors.join('\n')}` };
  }
  const difference = differences(rows, answer.rows);
  if (difference === '') return 'same';
  // What a view lacks for its errors, those above it lack, too.
  if (failing) return 'untold';
  return { kind: 'wrong', way: 'differs', detail: `${name}, epoch ${epoch}:\n${difference}` };
}

/**
 * Postgres leaves out what cannot matter to the answer: the right side of EXCEPT when nothing is on the left, a subquery whose rows
 * no condition lets through. Millrace does not. Where every failure is one that Postgres has, too, when it is asked for a part of
 * the query by itself, the two cannot be compared.
 */
async function fails(
  script: Script,
  version: Version,
  name: string,
  errors: readonly string[],
  judged: Judge,
): Promise<boolean> {
  const known = await judged.failures(script, version, name);
  const messages = new Set(known.filter(({ sqlstate }) => isOfRow(sqlstate)).map(({ message }) => message));
  return errors.every((error) => messages.has(error.slice(0, error.indexOf(BEFORE_PLACE))));
}

/** Of a value that cannot be computed, or a subquery that has several. */
function isOfRow(sqlstate: string): boolean {
  return /^2[12]/.test(sqlstate);
}

async function playedAgain(script: Script, last: Version): Promise<Wrong | null> {
  const tasks = script.tasks === 1 && !isTruncated(script) ? 2 : 1;
  const other = { ...script, tasks, otherTasks: tasks, maxChunk: 50, maxEpochBytes: 3000, crash: 0 };
  const again = (await play({ ...other, seed: script.seed + 1 })).at(-1)!;
  const difference = [...last.views]
    .map(([name, held]) => differences(lines(held), lines(again.views.get(name)!)))
    .join('');
  return difference === '' ? null : { kind: 'wrong', way: 'differs when played again', detail: difference };
}

/** A truncation has no place in what several tasks read. */
function isTruncated({ logs }: Script): boolean {
  return logs.flat(2).some((record) => typeof record !== 'string' && record.value === TRUNCATION);
}

function lines({ rows, errors }: Held): readonly string[] {
  return [...rows, ...errors];
}

function differences(actual: readonly string[], expected: readonly string[]): string {
  const shown = [
    ...without(actual, expected)
      .slice(0, 5)
      .map((row) => `- ${row}`),
    ...without(expected, actual)
      .slice(0, 5)
      .map((row) => `+ ${row}`),
  ];
  return shown.join('\n');
}

/** Rows of `from` that are there more often than in `taken`. */
function without(from: readonly string[], taken: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const row of taken) left.set(row, (left.get(row) ?? 0) + 1);
  return from.filter((row) => {
    const n = left.get(row) ?? 0;
    left.set(row, n - 1);
    return n <= 0;
  });
}
