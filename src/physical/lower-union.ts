// UNION ALL. Where a reader needs a stream key, the branches are kept apart by a number, and each brings its own key in columns
// shared with the other branches as far as types allow; the rest of them is NULL.

import { INTEGER, sameType } from '../data/types.ts';
import type { BoundExpr } from '../expr/bound.ts';
import type { LogicalColumn, LogicalUnion } from '../logical/node.ts';
import type { Lowered, Lowering } from './lowered.ts';
import { watermarkColumns } from './lowered.ts';
import { addMap, columnExpr } from './maps.ts';

export function lowerUnion(context: Lowering, node: LogicalUnion, keyed: boolean): Lowered {
  const inputs = node.inputs.map((input) => context.lower(input, keyed));
  const slots = keyed ? keySlots(inputs) : [];
  const branches = inputs.map((input, number) => branchMap(context, input, node, keyed, number, slots));
  const width = node.columns.length;
  const hidden = keyed ? [branchColumn, ...slots] : [];
  const columns = [...node.columns, ...hidden];
  const key = keyed ? hidden.map((_, i) => width + i) : null;
  const union = context.builder.add({
    kind: 'union' as const,
    inputs: branches.map((branch) => branch.node.id),
    schema: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    streamKey: key ?? [],
    appendOnly: branches.every((branch) => branch.node.appendOnly),
    watermarkColumns: watermarkColumns(columns),
    label: 'UNION ALL',
  });
  const text = branches
    .map((b) => `(${b.origin.text}: ${b.origin.columns.slice(0, width).join(', ')})`)
    .join(' union ');
  return {
    node: union,
    columns,
    visible: width,
    key,
    origin: { text, columns: columns.map((_, i) => `union column ${i}`) },
  };
}

const branchColumn: LogicalColumn = { name: '_branch', type: INTEGER, nullable: false, time: null };

/** Enough nullable columns that every branch finds one for each of its key columns. */
function keySlots(inputs: readonly Lowered[]): readonly LogicalColumn[] {
  const slots: LogicalColumn[] = [];
  for (const input of inputs) {
    const taken = new Set<number>();
    for (const index of input.key ?? []) {
      const { name, type } = input.columns[index]!;
      let slot = slots.findIndex((s, i) => !taken.has(i) && sameType(s.type, type));
      if (slot < 0)
        slot =
          slots.push({
            name: `_key_${slots.length + 1}_${bareName(name)}`,
            type,
            nullable: true,
            time: null,
          }) - 1;
      taken.add(slot);
    }
  }
  const always = (slot: number): boolean =>
    inputs.every((input) => slotsOf(input, slots).some((s) => s.slot === slot && !s.column.nullable));
  return slots.map((slot, i) => ({ ...slot, nullable: !always(i) }));
}

function bareName(name: string): string {
  return name.replace(/^_+/, '').slice(0, 32);
}

/** Which slot each key column of a branch takes: the first free one of its type, as `keySlots` counted. */
function slotsOf(
  input: Lowered,
  slots: readonly LogicalColumn[],
): readonly { readonly slot: number; readonly index: number; readonly column: LogicalColumn }[] {
  const taken = new Set<number>();
  return (input.key ?? []).map((index) => {
    const column = input.columns[index]!;
    const slot = slots.findIndex((s, i) => !taken.has(i) && sameType(s.type, column.type));
    taken.add(slot);
    return { slot, index, column };
  });
}

/** The columns of the union, then branch number and key. */
function branchMap(
  context: Lowering,
  input: Lowered,
  node: LogicalUnion,
  keyed: boolean,
  number: number,
  slots: readonly LogicalColumn[],
): Lowered {
  const width = node.columns.length;
  const visible = node.columns.map((_, index) => columnExpr(input.columns, index));
  if (!keyed && input.columns.length === width) return input;
  const own = slotsOf(input, slots);
  const keyExprs = slots.map((slot, i): BoundExpr => {
    const found = own.find((s) => s.slot === i);
    if (found !== undefined) return columnExpr(input.columns, found.index);
    return { kind: 'literal', value: null, type: slot.type, nullable: true };
  });
  const branch: BoundExpr = { kind: 'literal', value: number, type: INTEGER, nullable: false };
  const exprs = keyed ? [...visible, branch, ...keyExprs] : visible;
  const columns = keyed
    ? [...input.columns.slice(0, width), branchColumn, ...slots]
    : input.columns.slice(0, width);
  return addMap(context.builder, input, {
    filter: null,
    exprs,
    columns,
    visible: width,
    key: keyed ? [width, ...slots.map((_, i) => width + 1 + i)] : null,
    label: keyed ? `branch ${number}` : 'columns of the union',
  });
}
