// Joins: equalities between the sides become keys, computed by a map below each of them; what else the condition asks for is
// decided per pair.

import { BOOLEAN } from '../data/types.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { canonicalText, replaceColumns } from '../expr/columns.ts';
import { equalityOf } from '../expr/equality.ts';
import type { Equality } from '../expr/equality.ts';
import { printExpr } from '../expr/print.ts';
import { horizonsOf, timeBounds } from '../expr/join-times.ts';
import type { Horizons, JoinSide } from '../expr/join-times.ts';
import type { LogicalAsOf, LogicalColumn, LogicalJoin, LogicalNode } from '../logical/node.ts';
import { conjunction, conjuncts, isSemi, isTimed } from '../logical/node.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { JoinNode } from './graph.ts';
import type { Lowered, Lowering, Origin } from './lowered.ts';
import { watermarkColumns } from './lowered.ts';
import { addMap, columnExpr, identity } from './maps.ts';

export interface Side {
  readonly input: Lowered;
  /** Columns of `input` that are compared, one per equality. */
  readonly keys: readonly number[];
}

export function lowerJoin(context: Lowering, node: LogicalJoin, keyed: boolean): Lowered {
  const width = node.left.columns.length;
  const parts = node.condition === null ? [] : conjuncts(node.condition);
  const equalities = parts.flatMap((part) => equalityOf(part, width) ?? []);
  const rest = parts.filter((part) => equalityOf(part, width) === null);
  const inputs = {
    left: context.lower(node.left, keyed),
    right: context.lower(node.right, keyed && !isSemi(node.type)),
  };
  const keys = equalities.map((equality): ComparedKey => {
    const nullable = isNullable(equality.left, inputs.left) || isNullable(equality.right, inputs.right);
    return { ...equality, nullable };
  });
  const left = side(context, node, inputs.left, keys, 'left');
  const right = side(context, node, inputs.right, keys, 'right');
  return joinedFirst(context, node, joined(context, node, left, right, equalities, rest), left);
}

/** Both sides hash a key alike, for which they must agree whether it can be NULL. */
export interface ComparedKey extends Equality {
  readonly nullable: boolean;
}

export function isNullable(expr: BoundExpr, input: Lowered): boolean {
  return expr.kind === 'column' ? input.columns[expr.index]!.nullable : expr.nullable;
}

export function side(
  context: Lowering,
  { type }: Pick<LogicalJoin, 'type'>,
  input: Lowered,
  equalities: readonly ComparedKey[],
  which: 'left' | 'right',
): Side {
  const exprs: BoundExpr[] = [...identity(input.columns)];
  const columns: LogicalColumn[] = [...input.columns];
  const keys = equalities.map((equality) => {
    const expr = equality[which];
    const { nullable } = equality;
    if (expr.kind === 'column' && columns[expr.index]!.nullable === nullable) return expr.index;
    const text = canonicalText(expr);
    const there = exprs.findIndex((known) => canonicalText(known) === text);
    if (there >= 0 && columns[there]!.nullable === nullable) return there;
    const { type } = expr;
    columns.push({ name: `_key_${columns.length + 1}`, type, nullable, time: null });
    return exprs.push(expr) - 1;
  });
  const key = sideKey(type, input, exprs, columns);
  if (exprs.length === input.columns.length) return { input, keys };
  const { visible } = input;
  const label = `keys of the join's ${which} side`;
  return {
    input: addMap(context.builder, input, { filter: null, exprs, columns, visible, key, label }),
    keys,
  };
}

/**
 * A row without a partner on either side of a full join is identified by the key of its own side, which must then not be NULL
 * throughout: two such rows, one of each side, would be one.
 */
function sideKey(
  type: LogicalJoin['type'],
  input: Lowered,
  exprs: BoundExpr[],
  columns: LogicalColumn[],
): readonly number[] | null {
  const { key } = input;
  if (key === null || type !== 'full' || key.some((index) => !input.columns[index]!.nullable)) return key;
  columns.push({ name: '_present', type: BOOLEAN, nullable: false, time: null });
  return [...key, exprs.push({ kind: 'literal', value: true, type: BOOLEAN, nullable: false }) - 1];
}

function joined(
  context: Lowering,
  node: LogicalJoin,
  left: Side,
  right: Side,
  equalities: readonly Equality[],
  rest: readonly BoundExpr[],
): Lowered {
  const columns = physicalColumns(node, left.input.columns, right.input.columns);
  const width = left.input.columns.length;
  const residual = conjunction(rest.map((part) => overSides(part, node.left.columns.length, width))) ?? null;
  const nullSafe = equalities.map((equality) => equality.nullSafe);
  const frees = freeing(node, left.input, right.input);
  const kept = { frees, onClose: node.onClose && waits(node.type, frees) };
  const origin = joinOrigin(node, left, right, { nullSafe, residual, ...kept });
  const key = joinKey(node, left, right, nullSafe);
  const fingerprint = context.builder.uniqueFingerprint(fingerprintOf('join', origin.text));
  const grow = left.input.node.appendOnly && right.input.node.appendOnly;
  const join = context.builder.add({
    kind: 'join' as const,
    type: node.type,
    left: left.input.node.id,
    right: right.input.node.id,
    leftKeys: left.keys,
    rightKeys: right.keys,
    nullSafe,
    residual,
    ...kept,
    rightWidth: columns.length - width,
    fingerprint,
    schema: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    streamKey: key ?? [],
    appendOnly: grow && (node.type === 'inner' || kept.onClose),
    watermarkColumns: watermarkColumns(columns),
    label: node.condition === null ? 'CROSS JOIN' : `JOIN ON ${printExpr(node.condition)}`,
  });
  return { node: join, columns, visible: columns.length, key, origin };
}

/** The columns of the logical join, with those that only serve keys behind the ones of their side. */
export function physicalColumns(
  node: Pick<LogicalJoin, 'type' | 'left' | 'right' | 'columns'>,
  left: readonly LogicalColumn[],
  right: readonly LogicalColumn[],
): readonly LogicalColumn[] {
  const logicalLeft = node.left.columns.length;
  const side = (columns: readonly LogicalColumn[], visible: number, from: number, optional: boolean) =>
    columns.map((column, i) => ({
      ...column,
      nullable: column.nullable || optional,
      time: i < visible ? node.columns[from + i]!.time : null,
    }));
  return [
    ...side(left, logicalLeft, 0, node.type === 'right' || node.type === 'full'),
    ...(isSemi(node.type)
      ? []
      : side(right, node.right.columns.length, logicalLeft, node.type === 'left' || node.type === 'full')),
  ];
}

/** The lower watermark of both sides counts, so that both must have one. */
function freeing(node: LogicalJoin, left: Lowered, right: Lowered): Horizons {
  if (!isTimed(node.left) || !isTimed(node.right)) return { left: null, right: null };
  const side = ({ columns }: LogicalNode, { node: { appendOnly } }: Lowered): JoinSide => {
    return { times: columns.map((column) => column.time), grows: appendOnly };
  };
  const bounds = timeBounds(node.condition, node.left.columns.length);
  return horizonsOf(bounds, side(node.left, left), side(node.right, right));
}

/** Bound to the logical rows → bound to the physical ones, which have columns behind the visible ones of the left side. */
export function overSides(part: BoundExpr, logicalWidth: number, width: number): BoundExpr {
  return replaceColumns(part, (index, column) =>
    index < logicalWidth ? column : ({ ...column, index: index - logicalWidth + width } as BoundExpr),
  );
}

/**
 * A pair is identified by its two rows. Where every row has at most one partner, because the partner's key is compared, by the
 * one row alone.
 */
function joinKey(
  node: LogicalJoin,
  left: Side,
  right: Side,
  nullSafe: readonly boolean[],
): readonly number[] | null {
  if (isSemi(node.type)) return left.input.key;
  if (left.input.key === null || right.input.key === null) return null;
  const width = left.input.columns.length;
  const rightKey = right.input.key.map((index) => width + index);
  const compared = (side: Side): boolean =>
    side.input.key!.every((index) => side.keys.some((key, i) => key === index && nullSafe[i] === false));
  if (compared(right) && (node.type === 'inner' || node.type === 'left')) return left.input.key;
  if (compared(left) && (node.type === 'inner' || node.type === 'right')) return rightKey;
  return [...left.input.key, ...rightKey];
}

/** Are there rows without a partner that can be given when they are freed? */
function waits(type: LogicalJoin['type'], { left, right }: Horizons): boolean {
  switch (type) {
    case 'inner':
    case 'semi':
      return false;
    case 'left':
    case 'anti':
      return left !== null;
    case 'right':
      return right !== null;
    case 'full':
      return left !== null && right !== null;
  }
}

/** What the fingerprint of state depends on beside the inputs. */
type JoinForm = Pick<JoinNode, 'nullSafe' | 'residual' | 'frees' | 'onClose'>;

function joinOrigin(node: LogicalJoin, left: Side, right: Side, form: JoinForm): Origin {
  const all = [
    ...left.input.origin.columns.map((text) => `left ${text}`),
    ...right.input.origin.columns.map((text) => `right ${text}`),
  ];
  const width = left.input.columns.length;
  const keys = left.keys.map(
    (l, i) => `${all[l]!} ${form.nullSafe[i] === true ? 'is' : '='} ${all[width + right.keys[i]!]!}`,
  );
  const where =
    form.residual === null ? '' : ` where ${canonicalText(form.residual, (index) => all[index]!)}`;
  const { frees, onClose } = form;
  const freed = [
    ...(frees.left === null ? [] : [` until ${all[frees.left.column]!} + ${frees.left.shift}`]),
    ...(frees.right === null ? [] : [` until ${all[width + frees.right.column]!} + ${frees.right.shift}`]),
    ...(onClose ? [' once'] : []),
  ].join('');
  const text = `${node.type} join (${left.input.origin.text}) (${right.input.origin.text}) keeping (${all.join(', ')}) on (${keys.join(', ')})${where}${freed}`;
  const given = isSemi(node.type) ? all.slice(0, width) : all;
  return { text, columns: given.map((column, i) => `joined ${i} ${column}`) };
}

/** The columns of the logical join, then what only identifies rows. */
export function joinedFirst(
  context: Lowering,
  node: LogicalJoin | LogicalAsOf,
  input: Lowered,
  left: Side,
): Lowered {
  const width = left.input.columns.length;
  const leftVisible = node.left.columns.length;
  const shown = node.columns.map((_, i) => (i < leftVisible ? i : i - leftVisible + width));
  const hidden = (input.key ?? []).filter((index) => !shown.includes(index));
  const order = [...shown, ...hidden];
  const given = input.columns.length;
  if (order.length === given && order.every((index, i) => index === i)) {
    return { ...input, visible: node.columns.length };
  }
  return addMap(context.builder, input, {
    filter: null,
    exprs: order.map((index) => columnExpr(input.columns, index)),
    columns: order.map((index) => input.columns[index]!),
    visible: shown.length,
    key: input.key === null ? null : input.key.map((index) => order.indexOf(index)),
    label: 'columns of the join',
  });
}
