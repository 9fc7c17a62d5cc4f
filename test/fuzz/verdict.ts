// Does a script hold: is every version that was looked at what Postgres answers? Where it does not, in which way, so that a smaller
// script can be seen to fail in the same way.

import { MillraceError } from '../../src/errors.ts';
import type { Judge } from './judge.ts';
import type { Version } from './play.ts';
import { play } from './play.ts';
import type { Script } from './script.ts';

export type Verdict =
  | { readonly kind: 'same'; readonly versions: number; readonly rows: number }
  /** Not supported, and said so. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'wrong'; readonly way: string; readonly detail: string };

export async function judge(script: Script, judged: Judge): Promise<Verdict> {
  let versions: readonly Version[];
  try {
    versions = await play(script);
  } catch (error) {
    return failure(error);
  }
  await judged.load(script);
  for (const version of versions) {
    const wrong = await compare(script, version, judged);
    if (wrong !== null) return wrong;
  }
  return { kind: 'same', versions: versions.length, rows: versions.at(-1)!.rows.length };
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

async function compare(script: Script, version: Version, judged: Judge): Promise<Verdict | null> {
  const answer = await judged.answer(script, version);
  const { epoch, rows, errors } = version;
  if ('sqlstate' in answer) {
    // Beyond what Postgres can do, so that it cannot tell.
    if (answer.sqlstate === '0A000') return null;
    // The query fails in Postgres as a whole, in Millrace the rows and groups that do.
    if (answer.sqlstate.startsWith('22') && errors > 0) return null;
    const detail = `epoch ${epoch}: ${answer.message}, and ${errors} rows fail`;
    return { kind: 'wrong', way: `Postgres fails ${answer.sqlstate}`, detail };
  }
  if (errors > 0 && mayReorder(script.query)) return null;
  if (errors > 0) return { kind: 'wrong', way: 'fails alone', detail: `epoch ${epoch}: ${errors} rows fail` };
  const extra = without(rows, answer.rows);
  const missing = without(answer.rows, rows);
  if (extra.length === 0 && missing.length === 0) return null;
  const shown = [
    ...extra.slice(0, 5).map((row) => `- ${row}`),
    ...missing.slice(0, 5).map((row) => `+ ${row}`),
  ];
  return { kind: 'wrong', way: 'differs', detail: `epoch ${epoch}:\n${shown.join('\n')}` };
}

/** Of conditions side by side Postgres looks at the cheaper one first (order_qual_clauses), and may never come to the one that fails. */
function mayReorder(query: string): boolean {
  return / (AND|BETWEEN) /.test(query) && query.includes(' / ');
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
