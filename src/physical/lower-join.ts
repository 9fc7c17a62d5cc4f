// Joins: equalities between the sides become keys, computed by a map below each of them; what else the condition asks for is
// decided per pair.

import { BOOLEAN } from '../data/types.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { canonicalText, replaceColumns } from '../expr/columns.ts';
import { equalityOf } from '../expr/equality.ts';
import type { Equality } from '../expr/equality.ts';
import { printExpr } from '../expr/print.ts';
import type { LogicalColumn, LogicalJoin } from '../logical/node.ts';
import { conjunction, conjuncts, isSemi } from '../logical/node.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Lowered, Lowering, Origin } from './lowered.ts';
import { addMap, columnExpr, identity } from './maps.ts';

interface Side {
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
  return visibleFirst(context, node, joined(context, node, left, right, equalities, rest), left);
}

/** Both sides hash a key alike, for which they must agree whether it can be NULL. */
interface ComparedKey extends Equality {
  readonly nullable: boolean;
}

function isNullable(expr: BoundExpr, input: Lowered): boolean {
  return expr.kind === 'column' ? input.columns[expr.index]!.nullable : expr.nullable;
}

function side(
  context: Lowering,
  node: LogicalJoin,
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
  const key = sideKey(node.type, input, exprs, columns);
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
  const columns = [
    ...joinedColumns(left.input.columns, node.type === 'right' || node.type === 'full'),
    ...(isSemi(node.type)
      ? []
      : joinedColumns(right.input.columns, node.type === 'left' || node.type === 'full')),
  ];
  const width = left.input.columns.length;
  const residual = conjunction(rest.map((part) => overSides(part, node.left.columns.length, width))) ?? null;
  const nullSafe = equalities.map((equality) => equality.nullSafe);
  const origin = joinOrigin(node, left, right, nullSafe, residual);
  const key = joinKey(node, left, right, nullSafe);
  const fingerprint = context.builder.uniqueFingerprint(fingerprintOf('join', origin.text));
  const join = context.builder.add({
    kind: 'join' as const,
    type: node.type,
    left: left.input.node.id,
    right: right.input.node.id,
    leftKeys: left.keys,
    rightKeys: right.keys,
    nullSafe,
    residual,
    rightWidth: columns.length - width,
    fingerprint,
    schema: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    streamKey: key ?? [],
    appendOnly: node.type === 'inner' && left.input.node.appendOnly && right.input.node.appendOnly,
    watermarkColumns: [],
    label: node.condition === null ? 'CROSS JOIN' : `JOIN ON ${printExpr(node.condition)}`,
  });
  return { node: join, columns, visible: columns.length, key, origin };
}

function joinedColumns(columns: readonly LogicalColumn[], optional: boolean): readonly LogicalColumn[] {
  return columns.map((column) => ({ ...column, nullable: column.nullable || optional, time: null }));
}

/** Bound to the logical rows → bound to the physical ones, which have columns behind the visible ones of the left side. */
function overSides(part: BoundExpr, logicalWidth: number, width: number): BoundExpr {
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

function joinOrigin(
  node: LogicalJoin,
  left: Side,
  right: Side,
  nullSafe: readonly boolean[],
  residual: BoundExpr | null,
): Origin {
  const all = [
    ...left.input.origin.columns.map((text) => `left ${text}`),
    ...right.input.origin.columns.map((text) => `right ${text}`),
  ];
  const width = left.input.columns.length;
  const keys = left.keys.map(
    (l, i) => `${all[l]!} ${nullSafe[i] === true ? 'is' : '='} ${all[width + right.keys[i]!]!}`,
  );
  const where = residual === null ? '' : ` where ${canonicalText(residual, (index) => all[index]!)}`;
  const text = `${node.type} join (${left.input.origin.text}) (${right.input.origin.text}) keeping (${all.join(', ')}) on (${keys.join(', ')})${where}`;
  const given = isSemi(node.type) ? all.slice(0, width) : all;
  return { text, columns: given.map((column, i) => `joined ${i} ${column}`) };
}

/** The columns of the logical join, then what only identifies rows. */
function visibleFirst(context: Lowering, node: LogicalJoin, input: Lowered, left: Side): Lowered {
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
