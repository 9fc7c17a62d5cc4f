// Which of several operators or functions of one name is meant: PostgreSQL's rules, step by step
// (src/backend/parser/parse_func.c, func_match_argtypes and func_select_candidate; manual, chapter "Type Conversion").

import { solveGenerics } from './generics.ts';
import type { PgType } from './pg-types.ts';
import { categoryOf, coercesImplicitly } from './pg-types.ts';

export interface Candidate {
  readonly params: readonly PgType[];
  readonly result: PgType;
  readonly variadic?: boolean;
  /** How many parameters stand before the repeated ones, when it is variadic. */
  readonly fixed?: number;
}

export type Selection = Candidate | 'none' | 'ambiguous';

export function selectCandidate(args: readonly PgType[], candidates: readonly Candidate[]): Selection {
  const exact = candidates.find((c) => args.every((arg, i) => c.params[i] === arg));
  if (exact !== undefined) return exact;
  const possible = candidates.filter(
    (c) =>
      args.every((arg, i) => coercesImplicitly(arg, c.params[i]!)) &&
      solveGenerics(args, c.params) !== undefined,
  );
  if (possible.length === 0) return 'none';
  if (possible.length === 1) return possible[0]!;
  return choose(args, possible);
}

/** For binary operators an untyped operand is first taken to be of the other's type, if there is exactly such an operator. */
export function selectOperator(args: readonly PgType[], candidates: readonly Candidate[]): Selection {
  if (args.length === 2) {
    const [left, right] = args as [PgType, PgType];
    const l = left === 'unknown' ? right : left;
    const r = right === 'unknown' ? left : right;
    const exact = candidates.find((c) => c.params[0] === l && c.params[1] === r);
    if (exact !== undefined) return exact;
  }
  return selectCandidate(args, candidates);
}

function choose(args: readonly PgType[], possible: readonly Candidate[]): Selection {
  let left = best(possible, (c) => count(args, (arg, i) => arg !== 'unknown' && arg === c.params[i]));
  if (left.length === 1) return left[0]!;
  left = best(left, (c) => count(args, (arg, i) => arg !== 'unknown' && fits(arg, c.params[i]!)));
  if (left.length === 1) return left[0]!;
  if (!args.includes('unknown')) return 'ambiguous';
  left = byUnknownCategory(args, left);
  if (left.length === 1) return left[0]!;
  const known = new Set(args.filter((arg) => arg !== 'unknown'));
  if (known.size === 1) {
    const [type] = known;
    const all = args.map(() => type!);
    const same = left.filter(
      (c) =>
        c.params.every((param) => coercesImplicitly(type!, param)) &&
        solveGenerics(all, c.params) !== undefined,
    );
    if (same.length === 1) return same[0]!;
  }
  return 'ambiguous';
}

function count(args: readonly PgType[], matches: (arg: PgType, i: number) => boolean): number {
  return args.filter(matches).length;
}

function best(candidates: readonly Candidate[], score: (c: Candidate) => number): readonly Candidate[] {
  const scores = candidates.map(score);
  const most = Math.max(...scores);
  return candidates.filter((_, i) => scores[i] === most);
}

function fits(arg: PgType, param: PgType): boolean {
  if (arg === param) return true;
  const wanted = categoryOf(param);
  return wanted.preferred && wanted.category === categoryOf(arg).category;
}

/** Each untyped argument gets a category: strings if any candidate takes one there, else the one all agree on. */
function byUnknownCategory(args: readonly PgType[], candidates: readonly Candidate[]): readonly Candidate[] {
  const slots = new Map<number, { category: string; preferred: boolean }>();
  for (let i = 0; i < args.length; i++) {
    if (args[i] !== 'unknown') continue;
    const seen = candidates.map((c) => categoryOf(c.params[i]!));
    const strings = seen.filter((s) => s.category === 'S');
    const category = strings.length > 0 ? 'S' : seen[0]!.category;
    if (category !== 'S' && seen.some((s) => s.category !== category)) return candidates;
    const preferred = seen.some((s) => s.category === category && s.preferred);
    slots.set(i, { category, preferred });
  }
  const kept = candidates.filter((c) =>
    [...slots].every(([i, slot]) => {
      const param = categoryOf(c.params[i]!);
      return param.category === slot.category && (!slot.preferred || param.preferred);
    }),
  );
  return kept.length > 0 ? kept : candidates;
}
