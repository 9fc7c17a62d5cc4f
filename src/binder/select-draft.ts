// The parts of a SELECT put together: which row they are of. Without groups it is that of FROM; otherwise that of a group, and where
// subqueries read a group's row, that with what is joined to it.

import { bindLogic } from '../expr/bind.ts';
import type { TextSpan } from '../errors.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { canonicalText } from '../expr/columns.ts';
import { childrenOf } from '../expr/tree.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import { nullableInGroup } from './aggregate-call.ts';
import type { BoundColumn, BoundGroup, BoundRelation, BoundSelect } from './bound.ts';
import type { BindQuery, QueryContext } from './context.ts';
import type { DraftColumn, SelectDraft } from './draft.ts';
import { relationScope } from './from.ts';
import type { GroupBy } from './group-by.ts';
import { groupColumns } from './group-row.ts';
import type { AggregateCalls } from './grouping.ts';
import type { HeldSubqueries } from './held-subqueries.ts';
import { isHeld, mapOperand } from './held-subqueries.ts';
import type { SplitCondition } from './now.ts';
import { besideClock, splitNow } from './now.ts';
import { plainSelect } from './plain-select.ts';
import { Subqueries } from './subqueries.ts';
import { columnsOf } from './subquery-aggregate.ts';
import type { WindowCalls } from './window-calls.ts';
import { movedWindow } from './window-calls.ts';

/** One output, bound to the row of FROM with the aggregate calls behind it. */
export interface Output extends DraftColumn {
  readonly operand: Operand;
  readonly alias: string | undefined;
}

export interface BoundParts {
  readonly where: SplitCondition;
  readonly groupBy: GroupBy;
  readonly outputs: readonly Output[];
  readonly having: BoundExpr | null;
  readonly aggregates: AggregateCalls;
  readonly windows: WindowCalls;
  readonly held: HeldSubqueries;
  readonly subqueries: Subqueries;
  /** Of the SELECT. */
  readonly span: TextSpan;
}

/** What a draft is beside its columns. */
type Body = Omit<SelectDraft, 'kind' | 'columns' | 'distinct' | 'span'>;
type Rows = Omit<Body, 'numberings' | 'overs'>;
type Move = (expr: BoundExpr) => BoundExpr;

export function plainDraft({ where, outputs, windows, held, subqueries }: BoundParts): Body {
  held.putBesideFrom();
  const known: Move = (expr) => held.known(expr);
  const { from } = subqueries;
  const rows = {
    from,
    where: where.rest,
    whereNow: where.temporal,
    group: null,
    having: null,
    havingNow: [],
    outputs: outputs.map(({ operand }) => mapOperand(operand, known)),
    row: besideClock(from.columns, where.temporal),
  };
  return withWindows(rows, windows, known);
}

export function groupedDraft(parts: BoundParts, context: QueryContext, bindQuery: BindQuery): Body {
  const { where, held, subqueries, windows } = parts;
  // A group is told apart by the values of its keys, which are of the row of FROM.
  const keys = parts.groupBy.keys.map((key) => held.besideFrom(key));
  const known: Move = (expr) => held.known(expr);
  const outputs = parts.outputs.map((output) => ({ ...output, operand: mapOperand(output.operand, known) }));
  const having = parts.having === null ? null : known(parts.having);
  const { from } = subqueries;
  const row = besideClock(from.columns, where.temporal);
  const groups = grouped(row, { ...parts, groupBy: { ...parts.groupBy, keys }, outputs, having });
  const { move, ...over } = groups;
  const rows = { from, where: where.rest, whereNow: where.temporal, ...over };
  const moved: Move = (expr) => move(known(expr));
  if (held.isEmpty) return withWindows(rows, windows, moved);
  const others = new Subqueries(groupRelation(rows, parts.span), context, bindQuery, relationScope);
  return besideGroups(rows, windows, others, (expr) => held.beside(expr, others, moved), moved);
}

/** The values of window functions stand right behind the row. */
function withWindows(rows: Rows, windows: WindowCalls, move: Move): Body {
  const width = rows.row.length;
  const columns = windows.columns();
  return {
    ...rows,
    numberings: windows.numberings.map((window) => movedWindow(window, move)),
    overs: windows.overs(move),
    outputs: rows.outputs.map((operand) => mapOperand(operand, (expr) => windows.besideRow(expr, width))),
    // What a window gives a row can change at any time after its own.
    row: columns.length === 0 ? rows.row : [...withoutTime(rows.row), ...columns],
  };
}

function withoutTime(row: readonly BoundColumn[]): readonly BoundColumn[] {
  return row.map((column) => ({ ...column, time: null }));
}

/** The groups as rows of FROM: with what HAVING asks of them that is no subquery. */
function groupRelation(
  { from, where, whereNow, group, having, havingNow, row }: Rows,
  span: TextSpan,
): BoundRelation {
  const kept = conjunctsOf(having).filter((part) => !readsHeld(part));
  const query: BoundSelect = {
    ...plainSelect(from, row, columnsOf(row), span),
    where,
    whereNow,
    group,
    having: conjunction(kept),
    havingNow,
  };
  return { kind: 'derived', query, alias: '', columns: row };
}

/** `value` puts the subqueries of an expression beside the groups. */
function besideGroups(
  { having, outputs }: Rows,
  windows: WindowCalls,
  others: Subqueries,
  value: Move,
  moved: Move,
): Body {
  const asked = conjunction(conjunctsOf(having).filter(readsHeld));
  const where = asked === null ? null : value(asked);
  const values = outputs.map((operand) => mapOperand(operand, value));
  const numberings = windows.numberings.map((window) => movedWindow(window, (expr) => value(moved(expr))));
  const overs = windows.overs((expr) => value(moved(expr)));
  const { from } = others;
  const rows = { from, where, whereNow: [], group: null, having: null, havingNow: [], outputs: values };
  const body = withWindows({ ...rows, row: from.columns }, windows, (expr) => expr);
  return { ...body, numberings, overs };
}

function conjunctsOf(condition: BoundExpr | null): readonly BoundExpr[] {
  if (condition === null) return [];
  return condition.kind === 'and' ? condition.args.flatMap(conjunctsOf) : [condition];
}

function conjunction(parts: readonly BoundExpr[]): BoundExpr | null {
  return parts.length < 2 ? (parts[0] ?? null) : bindLogic('and', parts);
}

function readsHeld(expr: BoundExpr): boolean {
  return isHeld(expr) || childrenOf(expr).some(readsHeld);
}

interface Grouped extends Pick<SelectDraft, 'group' | 'having' | 'havingNow' | 'outputs' | 'row'> {
  /** Over the row of FROM with its aggregates → over the group's row. */
  readonly move: Move;
}

type GroupParts = Pick<BoundParts, 'groupBy' | 'aggregates' | 'outputs' | 'having' | 'span'>;

function grouped(
  from: readonly BoundColumn[],
  { groupBy: { keys, sets, keyOfOutput }, aggregates, outputs, having, span }: GroupParts,
): Grouped {
  const keyNames = keys.map((key, i) => keyName(key, i, outputs));
  const isWhole = sets === null ? keys.length === 0 : sets.some((set) => set.length === 0);
  // In a group there is at least one row, so only NULL arguments make a result NULL; over no rows all but count are NULL.
  const calls = aggregates.calls.map((call) =>
    isWhole ? call : { ...call, nullable: nullableInGroup(call) },
  );
  const group: BoundGroup = { keys, keyNames, calls, ...aggregates.groupings(keys, sets) };
  const row = groupColumns(group, from);
  const groupRow = { keys, columns: row, span };
  const overGroup = (expr: BoundExpr): BoundExpr => aggregates.overGroup(expr, groupRow);
  const { rest, temporal } = splitNow(having);
  return {
    group,
    having: rest === null ? null : overGroup(rest),
    havingNow: temporal.map((condition) => ({ ...condition, expr: overGroup(condition.expr) })),
    outputs: outputs.map(({ operand }, i) =>
      aggregates.outputOverGroup(operand, keyOfOutput.get(i), groupRow),
    ),
    row: besideClock(row, temporal),
    move: overGroup,
  };
}

/** A key is called as the output that shows it. */
function keyName(key: BoundExpr, index: number, outputs: readonly Output[]): string {
  const text = canonicalText(key);
  const shown = outputs.find(({ operand }) => operand.kind !== 'untyped' && canonicalText(operand) === text);
  if (key.kind === 'column') return key.name;
  return shown === undefined || shown.name === '?column?' ? `key ${index + 1}` : shown.name;
}
