// A subquery as a value: exactly one row, which an aggregate without GROUP BY gives. When it reads the outer query, it is grouped
// by what is compared with outer columns and joined from the left; where no group is, count is 0 and the others are NULL.

import { bindCoalesce, bindLogic } from '../expr/bind.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { canonicalText, replaceColumns } from '../expr/columns.ts';
import { BIGINT } from '../data/types.ts';
import { literal } from '../expr/resolve/operand.ts';
import type { TextSpan } from '../errors.ts';
import { nullableInGroup } from './aggregate-call.ts';
import type { BoundColumn, BoundGroup, BoundQuery, BoundRelation, BoundSelect } from './bound.ts';
import { overBoth, readsOuter, refuseOuterOutsideWhere, splitWhere } from './correlation.ts';
import { invalidQuery, unsupported } from './fail.ts';

export interface ScalarJoin {
  readonly relation: BoundRelation;
  /** Over the outer row and the relation's; null: the one row belongs to every outer row. */
  readonly condition: BoundExpr | null;
  /** The value, over the joined row. */
  readonly value: BoundExpr;
}

/** `width`: how many columns the outer row has. */
export function bindScalar(query: BoundQuery, width: number, span: TextSpan): ScalarJoin {
  if (query.columns.length !== 1) {
    throw invalidQuery('subquery must return only one column', span, 'select the one that is the value');
  }
  refuseOuterOutsideWhere(query);
  if (
    query.kind !== 'select' ||
    query.group === null ||
    query.group.keys.length > 0 ||
    query.group.groupings !== undefined ||
    query.having !== null
  ) {
    throw unsupported(
      'a subquery as a value that can give more than one row',
      span,
      'aggregate it without GROUP BY, such as (SELECT max(x) FROM …), or join',
    );
  }
  if (query.where !== null && readsOuter(query.where)) return correlated(query, query.group, width, span);
  const relation = { kind: 'derived' as const, query, alias: '', columns: query.columns };
  const { name, type, nullable } = query.columns[0]!;
  return { relation, condition: null, value: { kind: 'column', index: width, name, type, nullable, span } };
}

function correlated(query: BoundSelect, group: BoundGroup, width: number, span: TextSpan): ScalarJoin {
  const { inner, correlated: parts } = splitWhere(query);
  const keys = comparedKeys(parts);
  const columns: readonly BoundColumn[] = [
    ...keys.map(({ type, nullable }, i) => ({ name: `key ${i + 1}`, type, nullable, time: null })),
    // In a group there is at least one row.
    ...group.calls.map((call) => ({
      name: call.name,
      type: call.type,
      nullable: nullableInGroup(call),
      time: null,
    })),
  ];
  const outputs = columns.map(({ name, type, nullable }, index): BoundExpr => {
    return { kind: 'column', index, name, type, nullable };
  });
  const calls = group.calls.map((call, i) => ({ ...call, nullable: columns[keys.length + i]!.nullable }));
  const grouped: BoundSelect = {
    ...query,
    where: inner,
    group: { keys, keyNames: keys.map((_, i) => `key ${i + 1}`), calls },
    outputs,
    columns,
  };
  const texts = keys.map((key) => canonicalText(key));
  const conditions = parts.map((part) => overKeys(part, texts, keys, width));
  return {
    relation: { kind: 'derived', query: grouped, alias: '', columns },
    condition: conditions.length < 2 ? conditions[0]! : bindLogic('and', conditions, span),
    value: valueOver(query.outputs[0]!, group, width + keys.length),
  };
}

/** In each condition one side of an equality is of the subquery and the other of the outer query. */
function comparedKeys(parts: readonly BoundExpr[]): readonly BoundExpr[] {
  const keys = new Map<string, BoundExpr>();
  for (const part of parts) {
    const key = innerSide(part);
    keys.set(canonicalText(key), key);
  }
  return [...keys.values()];
}

function innerSide(part: BoundExpr): BoundExpr {
  if (part.kind === 'call' && part.fn.startsWith('=(')) {
    const [inner, ...others] = part.args.filter((arg) => !readsOuter(arg));
    const outer = part.args.find(readsOuter)!;
    if (inner !== undefined && others.length === 0 && readsOnlyOuter(outer)) return inner;
  }
  throw unsupported(
    'a subquery as a value whose condition on the outer query is no equality',
    part.span ?? { offset: 0, end: 0 },
    'compare inner = outer, or join and aggregate',
  );
}

function readsOnlyOuter(expr: BoundExpr): boolean {
  let only = true;
  replaceColumns(expr, (_index, column) => {
    if (column.kind === 'column' && column.outer !== true) only = false;
    return column;
  });
  return only;
}

/** The equality with the group's key in place of what it was computed from. */
function overKeys(
  part: BoundExpr,
  texts: readonly string[],
  keys: readonly BoundExpr[],
  width: number,
): BoundExpr {
  if (part.kind !== 'call') throw new Error('a correlated condition is an equality');
  const args = part.args.map((arg): BoundExpr => {
    if (readsOuter(arg)) return overBoth(arg, width);
    const index = texts.indexOf(canonicalText(arg));
    const { type, nullable } = keys[index]!;
    return { kind: 'column', index: width + index, name: `key ${index + 1}`, type, nullable };
  });
  return { ...part, args };
}

/** The output over the calls of the joined row: without a group count is 0. */
function valueOver(output: BoundExpr, group: BoundGroup, callsAt: number): BoundExpr {
  return replaceColumns(output, (index, column) => {
    const call = group.calls[index]!;
    const joined = { ...column, index: callsAt + index, nullable: true } as BoundExpr;
    if (call.fn !== 'count' && call.fn !== 'count_star') return joined;
    return bindCoalesce([joined, literal(0n, BIGINT)]);
  });
}
