// now() in WHERE and HAVING: rows with the times at which they enter and leave. A time that is no column becomes one in a map below.

import type { BoundExpr } from '../expr/bound.ts';
import type { LogicalColumn, LogicalTemporal } from '../logical/node.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { TemporalNode } from './graph.ts';
import type { Lowered, Lowering } from './lowered.ts';
import { watermarkColumns } from './lowered.ts';
import { addMap, identity } from './maps.ts';
import { printExpr } from '../expr/print.ts';

export function lowerTemporal(context: Lowering, node: LogicalTemporal, keyed: boolean): Lowered {
  const input = context.lower(node.input, keyed);
  const { timed, conditions } = withTimes(context, input, node);
  const width = input.columns.length;
  const columns = input.columns.map((column, i) => ({ ...column, time: node.columns[i]?.time ?? null }));
  const key = input.key;
  const parts = conditions.map(
    ({ kind, column, shift }) => `${kind} ${timed.origin.columns[column]!} + ${shift}`,
  );
  const text = `(${input.origin.text}) while ${parts.join(', ')} of (${input.origin.columns.join(', ')})`;
  const temporal = context.builder.add({
    kind: 'temporal' as const,
    input: timed.node.id,
    conditions,
    fingerprint: context.builder.uniqueFingerprint(fingerprintOf('temporal', text)),
    schema: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    streamKey: key ?? [],
    appendOnly: input.node.appendOnly && conditions.every(({ kind }) => kind === 'enters'),
    watermarkColumns: watermarkColumns(columns),
    label: node.conditions.map(({ kind, expr }) => `${kind} by ${printExpr(expr)}`).join(', '),
  });
  const origin = { text, columns: input.origin.columns.slice(0, width) };
  return { node: temporal, columns, visible: input.visible, key, origin };
}

/** The input with the times behind its columns. */
function withTimes(
  context: Lowering,
  input: Lowered,
  node: LogicalTemporal,
): { readonly timed: Lowered; readonly conditions: TemporalNode['conditions'] } {
  const exprs: BoundExpr[] = [...identity(input.columns)];
  const columns: LogicalColumn[] = [...input.columns];
  const conditions = node.conditions.map(({ kind, expr, shift }) => {
    if (expr.kind === 'column') return { kind, column: expr.index, shift };
    const { type, nullable } = expr;
    columns.push({ name: `_time_${columns.length - input.columns.length + 1}`, type, nullable, time: null });
    return { kind, column: exprs.push(expr) - 1, shift };
  });
  if (exprs.length === input.columns.length) return { timed: input, conditions };
  const { visible, key } = input;
  return {
    timed: addMap(context.builder, input, {
      filter: null,
      exprs,
      columns,
      visible,
      key,
      label: 'times of the clock',
    }),
    conditions,
  };
}
