// As-of joins: keys as of any join, and the two times, computed by a map below each side.

import { heldUntil } from '../data/time-attribute.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { equalityOf } from '../expr/equality.ts';
import { printExpr } from '../expr/print.ts';
import type { LogicalAsOf, LogicalNode } from '../logical/node.ts';
import { conjuncts, isTimed } from '../logical/node.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { AsOfNode } from './graph.ts';
import { isNullable, joinedFirst, physicalColumns, side } from './lower-join.ts';
import type { ComparedKey, Side } from './lower-join.ts';
import type { Lowered, Lowering, Origin } from './lowered.ts';
import { watermarkColumns } from './lowered.ts';

export function lowerAsOf(context: Lowering, node: LogicalAsOf, keyed: boolean): Lowered {
  const inputs = { left: context.lower(node.left, keyed), right: context.lower(node.right, true) };
  const width = node.left.columns.length;
  const parts = node.condition === null ? [] : conjuncts(node.condition);
  const keys = parts.map((part): ComparedKey => {
    const equality = equalityOf(part, width)!;
    const nullable = isNullable(equality.left, inputs.left) || isNullable(equality.right, inputs.right);
    return { ...equality, nullable };
  });
  const left = sideOf(context, node, inputs.left, keys, 'left');
  const right = sideOf(context, node, inputs.right, keys, 'right');
  return joinedFirst(context, node, added(context, node, left, right, keys), left);
}

interface TimedSide extends Side {
  readonly time: number;
}

/** Times are not hashed: each is as NULL as its own side is. */
function sideOf(
  context: Lowering,
  node: LogicalAsOf,
  input: Lowered,
  keys: readonly ComparedKey[],
  which: 'left' | 'right',
): TimedSide {
  const { left, right } = node.nearest;
  const nullable = isNullable(node.nearest[which], input);
  const all = [...keys, { left, right, nullSafe: false, nullable }];
  const { input: mapped, keys: columns } = side(context, node, input, all, which);
  return { input: mapped, keys: columns.slice(0, -1), time: columns.at(-1)! };
}

function added(
  context: Lowering,
  node: LogicalAsOf,
  left: TimedSide,
  right: TimedSide,
  keys: readonly ComparedKey[],
): Lowered {
  const columns = physicalColumns(node, left.input.columns, right.input.columns);
  const nullSafe = keys.map((key) => key.nullSafe);
  const frees = freeing(node, left.input);
  const onClose = node.onClose && frees.left !== null;
  const { before, inclusive } = node.nearest;
  const form = { nullSafe, before, inclusive, frees, onClose, rightOrder: right.input.key! };
  const origin = asOfOrigin(node, left, right, form);
  const { key } = left.input;
  const join = context.builder.add({
    kind: 'as of' as const,
    type: node.type,
    left: left.input.node.id,
    right: right.input.node.id,
    leftKeys: left.keys,
    rightKeys: right.keys,
    leftTime: left.time,
    rightTime: right.time,
    ...form,
    rightWidth: right.input.columns.length,
    fingerprint: context.builder.uniqueFingerprint(fingerprintOf('as-of', origin.text)),
    schema: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    streamKey: key ?? [],
    appendOnly: onClose && left.input.node.appendOnly,
    watermarkColumns: watermarkColumns(columns),
    label: `ASOF JOIN nearest ${printExpr(node.nearest.right)}`,
  });
  return { node: join, columns, visible: columns.length, key, origin };
}

/** A partner that comes later than the row is never known to be the nearest before it has come. */
function freeing({ left, right, nearest }: LogicalAsOf, input: Lowered): AsOfNode['frees'] {
  const own = heldIn(left, nearest.left);
  const other = heldIn(right, nearest.right);
  const timed = isTimed(left) && isTimed(right);
  if (!timed || !nearest.before || other === null) return { left: null, right: null };
  const both = own === null ? null : own > other ? own : other;
  return { left: input.node.appendOnly ? other : both, right: both };
}

function heldIn({ columns }: LogicalNode, time: BoundExpr): bigint | null {
  return time.kind === 'column' ? heldUntil(columns[time.index]!.time) : null;
}

type AsOfForm = Pick<AsOfNode, 'nullSafe' | 'before' | 'inclusive' | 'frees' | 'onClose' | 'rightOrder'>;

function asOfOrigin(node: LogicalAsOf, left: TimedSide, right: TimedSide, form: AsOfForm): Origin {
  const mine = left.input.origin.columns.map((text) => `left ${text}`);
  const theirs = right.input.origin.columns.map((text) => `right ${text}`);
  const keys = left.keys.map(
    (l, i) => `${mine[l]!} ${form.nullSafe[i] === true ? 'is' : '='} ${theirs[right.keys[i]!]!}`,
  );
  const near = `${mine[left.time]!} ${form.before ? '>' : '<'}${form.inclusive ? '=' : ''} ${theirs[right.time]!}`;
  const order = form.rightOrder.map((column) => theirs[column]!).join(', ');
  const { frees, onClose } = form;
  const freed = ` until ${String(frees.left)}, ${String(frees.right)}${onClose ? ' once' : ''}`;
  const text = `${node.type} as-of join (${left.input.origin.text}) (${right.input.origin.text}) keeping (${[...mine, ...theirs].join(', ')}) on (${keys.join(', ')}) nearest ${near} by (${order})${freed}`;
  return { text, columns: [...mine, ...theirs].map((column, i) => `joined ${i} ${column}`) };
}
