// What becomes of each node of a subquery that reads the outer row; see unnested.ts.

import { callExprs, mapCall } from '../../binder/aggregate-call.ts';
import { unsupported } from '../../binder/fail.ts';
import { bindOperator } from '../../expr/bind.ts';
import type { BoundExpr } from '../../expr/bound.ts';
import { replaceColumns } from '../../expr/columns.ts';
import { readsOuter } from '../../expr/outer.ts';
import type {
  LogicalAggregate,
  LogicalAsOf,
  LogicalNode,
  LogicalOver,
  LogicalTopN,
  LogicalUnion,
  LogicalWindows,
} from '../node.ts';
import {
  aggregate,
  asOf,
  columnsAsExprs,
  conjunction,
  conjuncts,
  filter,
  over,
  repeat,
  temporal,
  topN,
  union,
  windows,
} from '../node.ts';
import type { Domain } from './domain.ts';
import { unnestJoin } from './unnest-join.ts';
import { isCorrelated } from './outer-reads.ts';
import type { Keyed, Unnested } from './unnested.ts';
import {
  composed,
  correlationOf,
  isKeyed,
  keyed,
  NOWHERE,
  overKeyed,
  plain,
  settled,
  unkeyed,
  withoutRows,
} from './unnested.ts';

/** `domain`: made when it is asked for. */
export function unnest(node: LogicalNode, domain: () => Domain): Unnested {
  if (!isCorrelated(node)) return plain(node);
  const below = (input: LogicalNode): Unnested => unnest(input, domain);
  switch (node.kind) {
    case 'filter':
      return unnestFilter(node.condition, below(node.input), domain);
    case 'project': {
      const input = below(node.input);
      return { ...input, outputs: node.exprs.map((expr) => composed(expr, input)) };
    }
    case 'aggregate':
      return unnestAggregate(node, below(node.input), domain);
    case 'top n':
      return unnestTopN(node, keyed(below(node.input), domain));
    case 'over':
      return unnestOver(node, keyed(below(node.input), domain));
    case 'windows':
      return unnestWindows(node, keyed(below(node.input), domain));
    case 'repeat': {
      const rows = keyed(below(node.input), domain);
      return unkeyed(repeat(rows.node, rows.correlations.length + node.count), rows);
    }
    case 'temporal': {
      const rows = keyed(
        below(node.input),
        domain,
        node.conditions.map(({ expr }) => expr),
      );
      const conditions = node.conditions.map((condition) => {
        return { ...condition, expr: overKeyed(condition.expr, rows) };
      });
      return unkeyed(temporal(rows.node, conditions), rows);
    }
    case 'union':
      return unnestUnion(node, node.inputs.map(below), domain);
    case 'join':
      return unnestJoin(node, below, domain);
    case 'as of':
      return unnestAsOf(node, below(node.left), domain);
    case 'scan':
    case 'view read':
    case 'versions':
    case 'table input':
    case 'one':
      return plain(node);
  }
}

/** What reads the outer row goes up, the rest stays. Of `x = o AND y = o` follows `x = y`, which keeps a join below from being one of all pairs. */
function unnestFilter(condition: BoundExpr, below: Unnested, domain: () => Domain): Unnested {
  const input = below.total ? settled(below, domain) : below;
  const parts = conjuncts(condition).map((part) => composed(part, input));
  const own = parts.filter((part) => !readsOuter(part));
  const conditions = [...input.conditions, ...parts.filter(readsOuter)];
  const kept = conjunction([...own, ...implied(input.conditions, conditions)]);
  return { ...input, node: kept === undefined ? input.node : filter(input.node, kept), conditions };
}

function implied(before: readonly BoundExpr[], all: readonly BoundExpr[]): readonly BoundExpr[] {
  const known = new Map<string, BoundExpr>();
  return all.flatMap((condition, i): readonly BoundExpr[] => {
    const correlation = correlationOf(condition);
    if (correlation === null || !correlation.form.startsWith('=(')) return [];
    const like = known.get(correlation.form);
    if (like === undefined) known.set(correlation.form, correlation.inner);
    return like === undefined || i < before.length ? [] : [bindOperator('=', like, correlation.inner)];
  });
}

/** Groups are told apart by what they are compared with, too. Without keys there is a group for every outer row. */
function unnestAggregate(node: LogicalAggregate, below: Unnested, domain: () => Domain): Unnested {
  const rows = keyed(below, domain, [...node.keys, ...node.calls.flatMap(callExprs)]);
  const move = (expr: BoundExpr): BoundExpr => overKeyed(expr, rows);
  const width = rows.correlations.length;
  const keys = [...columnsAsExprs(rows.node.columns).slice(0, width), ...node.keys.map(move)];
  const names = [...rows.node.columns, ...node.columns].slice(0, width).map(({ name }) => name);
  const grouped = aggregate(
    rows.node,
    keys,
    [...names, ...node.columns.slice(0, node.keys.length).map(({ name }) => name)],
    node.calls.map((call) => mapCall(call, move)),
    node.onClose,
  );
  const result = unkeyed(grouped, rows);
  if (node.keys.length > 0) return result;
  const outputs = result.outputs.map((column, i) => withoutRows(column, node.calls[i]!.fn));
  return { ...result, outputs, total: true, places: NOWHERE };
}

function unnestTopN(node: LogicalTopN, rows: Keyed): Unnested {
  const { limit, offset, numbered } = node;
  const form = { ...ordered(node, rows), limit, offset, numbered };
  return unkeyed(topN(rows.node, form), rows);
}

function unnestOver(node: LogicalOver, rows: Keyed): Unnested {
  const width = rows.correlations.length;
  const calls = node.calls.map((call) => ({ ...call, args: call.args.map((arg) => width + arg) }));
  const { partition, order } = ordered(node, rows);
  return unkeyed(over(rows.node, partition, order, calls), rows);
}

/** Rows are put in order for each outer row by itself. */
function ordered({ partition, order }: Pick<LogicalTopN, 'partition' | 'order'>, { correlations }: Keyed) {
  const width = correlations.length;
  return {
    partition: [...correlations.keys(), ...partition.map((column) => width + column)],
    order: order.map((by) => ({ ...by, column: width + by.column })),
  };
}

function unnestWindows(node: LogicalWindows, rows: Keyed): Unnested {
  const width = rows.correlations.length;
  const { shape } = node;
  const own =
    shape.kind === 'session'
      ? {
          ...shape,
          partition: [...rows.correlations.keys(), ...shape.partition.map((column) => width + column)],
        }
      : shape;
  const added = node.columns.slice(node.input.columns.length);
  return unkeyed(windows(rows.node, width + node.timeColumn, own, added, node.onClose), rows);
}

/** Branches that are compared with the same of the outer row go side by side; others are joined with the domain first. */
function unnestUnion(node: LogicalUnion, branches: readonly Unnested[], domain: () => Domain): Unnested {
  const forms = (rows: Unnested): string =>
    rows.conditions.map((condition) => correlationOf(condition)?.form).join(' AND ');
  const alike = branches.every((rows) => isKeyed(rows, []) && forms(rows) === forms(branches[0]!));
  const all = branches.map((rows) => keyed(alike ? rows : settled(rows, domain), domain));
  const [first] = all;
  const width = first!.correlations.length;
  const columns = first!.node.columns.map((column, i) => ({
    ...(i < width ? column : node.columns[i - width]!),
    nullable: all.some((rows) => rows.node.columns[i]!.nullable),
    time: null,
  }));
  const rows = union(
    all.map((branch) => branch.node),
    columns,
  );
  return unkeyed(rows, first!);
}

/** The partners of a row do not depend on the outer row, nor on other rows of its side. */
function unnestAsOf(node: LogicalAsOf, left: Unnested, domain: () => Domain): Unnested {
  const compared = [
    node.nearest.left,
    node.nearest.right,
    ...(node.condition === null ? [] : [node.condition]),
  ];
  const reading = compared.find(readsOuter);
  if (isCorrelated(node.right) || reading !== undefined)
    throw unsupported(
      'an as-of join in a subquery whose condition or right side reads the outer query',
      reading?.span ?? node.nearest.right.span ?? { offset: 0, end: 0 },
      'compare with the outer query in WHERE, by columns of the left side',
    );
  const rows = keyed(left, domain);
  const width = rows.correlations.length;
  const behindKeys = (expr: BoundExpr): BoundExpr =>
    replaceColumns(expr, (index, column) => ({ ...column, index: index + width }) as BoundExpr);
  const nearest = { ...node.nearest, left: behindKeys(node.nearest.left) };
  const condition = node.condition === null ? null : behindKeys(node.condition);
  const { type, onClose } = node;
  return unkeyed(asOf(rows.node, node.right, { type, condition, nearest, onClose }), rows);
}
