// What every physical graph must be, whatever the query: inputs first, columns that exist, types that agree, keys in range.

import { expect } from 'vitest';
import type { RowSchema } from '../../src/data/types.ts';
import { typeName } from '../../src/data/types.ts';
import type { BoundExpr } from '../../src/expr/bound.ts';
import { functionByKey } from '../../src/expr/functions/table.ts';
import { childrenOf } from '../../src/expr/tree.ts';
import { inputIds } from '../../src/physical/fuse.ts';
import type { PhysicalGraph, PhysicalNode } from '../../src/physical/graph.ts';

export function checkGraph(graph: PhysicalGraph): void {
  const schemas = new Map<number, RowSchema>();
  const input = (id: number): RowSchema => {
    expect(schemas.has(id)).toBe(true);
    return schemas.get(id)!;
  };
  for (const node of graph.nodes) {
    expect(schemas.has(node.id)).toBe(false);
    checkNode(node, input);
    inRange([...node.streamKey, ...node.watermarkColumns], node.schema);
    schemas.set(node.id, node.schema);
  }
  checkPlaces(graph);
  const tables = graph.nodes.flatMap((node) => ('fingerprint' in node ? [node.fingerprint] : []));
  expect(new Set(tables).size).toBe(tables.length);
}

function checkNode(node: PhysicalNode, input: (id: number) => RowSchema): void {
  switch (node.kind) {
    case 'scan':
      expect(node.schema).toHaveLength(node.columns.length + node.system.length);
      if (node.watermark !== null) {
        checkExpr(node.watermark.expr, node.schema);
        expect(node.watermark.expr.type.kind).toBe(node.schema[node.watermark.timeColumn]!.type.kind);
      }
      return;
    case 'follow':
      inRange(node.streamKey, node.schema);
      return;
    case 'map': {
      const below = input(node.input);
      if (node.filter !== null) checkExpr(node.filter, below);
      node.exprs.forEach((expr) => checkExpr(expr, below));
      expect(node.exprs.map((e) => typeName(e.type))).toEqual(types(node.schema));
      node.exprs.forEach((expr, i) => expect(expr.nullable && !node.schema[i]!.nullable).toBe(false));
      return;
    }
    case 'session':
    case 'expand': {
      const below = input(node.input);
      const given = node.gives.map((what) => below[typeof what === 'number' ? what : node.time]!);
      expect(types(given)).toEqual(types(node.schema));
      if (node.kind === 'session') inRange(node.partition, below);
      return;
    }
    case 'repeat': {
      const below = input(node.input);
      inRange([node.count], below);
      expect(typeName(below[node.count]!.type)).toBe('bigint');
      const given = node.gives.map((what) => (what === 'ordinal' ? 'bigint' : typeName(below[what]!.type)));
      expect(given).toEqual(types(node.schema));
      return;
    }
    case 'normalize':
      expect(types(input(node.input))).toEqual([...types(node.schema), 'integer']);
      inRange(node.key, node.schema);
      return;
    case 'temporal':
      expect(types(input(node.input)).slice(0, node.schema.length)).toEqual(types(node.schema));
      for (const { column } of node.conditions)
        expect(typeName(input(node.input)[column]!.type)).toBe('timestamp with time zone');
      return;
    case 'union':
      for (const id of node.inputs) expect(types(input(id))).toEqual(types(node.schema));
      return;
    case 'aggregate': {
      const below = input(node.input);
      const args = node.calls.flatMap((call) => (call.arg === null ? [] : [call.arg]));
      inRange([...node.keys, ...args], below);
      expect(node.schema).toHaveLength(node.keys.length + node.calls.length);
      expect(node.keys.map((key) => typeName(below[key]!.type))).toEqual(
        types(node.schema.slice(0, node.keys.length)),
      );
      return;
    }
    case 'exchange':
      inRange(node.columns, input(node.input));
      expect(node.columns.map((column) => input(node.input)[column])).toEqual(node.schema);
      inRange(node.by ?? [], node.schema);
      return;
    case 'over': {
      const below = input(node.input);
      const args = node.calls.flatMap((call) => call.args);
      inRange([...node.partition, ...node.order.map((by) => by.column), ...args], below);
      expect(types(node.schema.slice(0, below.length))).toEqual(types(below));
      expect(node.schema).toHaveLength(below.length + node.calls.length);
      return;
    }
    case 'top n': {
      const below = input(node.input);
      inRange([...node.partition, ...node.order.map((by) => by.column)], below);
      const numbered = node.numbered ? ['bigint'] : [];
      expect([...types(below), ...numbered]).toEqual(types(node.schema));
      return;
    }
    case 'join': {
      const [left, right] = [input(node.left), input(node.right)];
      inRange(node.leftKeys, left);
      inRange(node.rightKeys, right);
      expect(node.leftKeys.map((key) => left[key]!.type.kind)).toEqual(
        node.rightKeys.map((key) => right[key]!.type.kind),
      );
      const semi = node.type === 'semi' || node.type === 'anti';
      expect(types(semi ? left : [...left, ...right])).toEqual(types(node.schema));
      if (node.residual !== null) checkExpr(node.residual, [...left, ...right]);
      return;
    }
    case 'as of': {
      const [left, right] = [input(node.left), input(node.right)];
      inRange([...node.leftKeys, node.leftTime], left);
      inRange([...node.rightKeys, node.rightTime, ...node.rightOrder], right);
      const compared = (keys: readonly number[], time: number, row: RowSchema): string[] =>
        [...keys, time].map((column) => row[column]!.type.kind);
      expect(compared(node.leftKeys, node.leftTime, left)).toEqual(
        compared(node.rightKeys, node.rightTime, right),
      );
      expect(types([...left, ...right])).toEqual(types(node.schema));
      return;
    }
    case 'materialize':
    case 'sink':
      expect(types(input(node.input))).toEqual(types(node.schema));
      expect(node.visible).toBeLessThanOrEqual(node.schema.length);
      expect(new Set(node.schema.map((field) => field.name)).size).toBe(node.schema.length);
  }
}

/** Every node has its distribution and its fragment, and what needs its rows together has them so. */
function checkPlaces({ nodes, distributions, fragments }: PhysicalGraph): void {
  expect(distributions).toHaveLength(nodes.length);
  expect(fragments.flatMap((fragment) => fragment.nodes)).toEqual(nodes.map((node) => node.id));
  const levels = new Map(
    fragments.flatMap(({ level, nodes: ids }) => ids.map((id): [number, number] => [id, level])),
  );
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const [i, node] of nodes.entries()) {
    const distribution = distributions[i]!;
    if (distribution.kind !== 'single') inRange((distribution.told ?? []).flat(), node.schema);
    for (const id of inputIds(node)) {
      const step = byId.get(id)!.kind === 'exchange' ? 1 : 0;
      expect(levels.get(node.id)).toBeGreaterThanOrEqual(levels.get(id)! + step);
    }
    // What is on one task stays there.
    if (node.kind === 'aggregate' && (node.keys.length === 0 || distribution.kind === 'single'))
      expect(distributions[nodes.findIndex(({ id }) => id === node.input)]!.kind).toBe('single');
    else if (node.kind === 'aggregate')
      expect(distribution).toEqual({ kind: 'hash', told: node.keys.map((_, k) => [k]) });
    if (node.kind === 'sink') expect(distribution.kind).toBe('single');
    if (node.kind !== 'materialize') continue;
    const told = distribution.kind === 'single' ? [] : distribution.told;
    expect(told).not.toBeNull();
    for (const columns of told!)
      expect(columns.some((column) => node.key.includes(column))).toBe(true);
    if (node.key.length === 0) expect(distribution.kind).toBe('single');
  }
}

function types(schema: RowSchema): readonly string[] {
  return schema.map((field) => typeName(field.type));
}

function inRange(columns: readonly number[], schema: RowSchema): void {
  for (const column of columns) expect(schema[column]).toBeDefined();
}

function checkExpr(expr: BoundExpr, schema: RowSchema): void {
  if (expr.kind === 'column') {
    expect(typeName(schema[expr.index]!.type)).toBe(typeName(expr.type));
    expect(schema[expr.index]!.nullable && !expr.nullable).toBe(false);
  }
  if (expr.kind === 'call') functionByKey(expr.fn);
  for (const child of childrenOf(expr)) checkExpr(child, schema);
}
