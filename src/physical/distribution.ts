// Where the rows of each node are, derived from its inputs, and where a node needs them: rows that share state, or a row of a view,
// must be on one task.

import type { BoundExpr } from '../expr/bound.ts';
import type { AsOfNode, Distribution, JoinNode, MapNode, PhysicalNode, UnionNode } from './graph.ts';

/** What a node asks of one of its inputs; columns of the input. */
export type Requirement =
  /** Nothing: it takes rows where they are. */
  | { readonly kind: 'any' }
  /** Rows that agree in these columns are on one task. */
  | { readonly kind: 'together'; readonly columns: readonly number[] }
  /** And that task is found by the hash of these columns, by which stored state is found again. */
  | { readonly kind: 'by hash'; readonly columns: readonly number[] }
  | { readonly kind: 'single' };

/** `input`: which of the node's inputs, in the order of `inputIds`. */
export function requirementOf(node: PhysicalNode, input: number): Requirement {
  switch (node.kind) {
    case 'scan':
    case 'follow':
    case 'map':
    case 'expand':
    case 'repeat':
    case 'union':
    case 'exchange':
      return { kind: 'any' };
    case 'session':
      return node.partition.length === 0 ? { kind: 'single' } : { kind: 'by hash', columns: node.partition };
    case 'temporal': {
      // Equal rows, so that a retraction finds its row.
      const { streamKey, schema } = node;
      return { kind: 'by hash', columns: streamKey.length > 0 ? streamKey : [...schema.keys()] };
    }
    case 'normalize':
      return node.truncates ? { kind: 'single' } : { kind: 'by hash', columns: node.key };
    case 'aggregate':
      return node.keys.length === 0 ? { kind: 'single' } : { kind: 'by hash', columns: node.keys };
    case 'join':
    case 'as of':
      if (node.leftKeys.length === 0) return { kind: 'single' };
      return { kind: 'by hash', columns: input === 0 ? node.leftKeys : node.rightKeys };
    case 'top n':
    case 'over':
      return node.partition.length === 0 ? { kind: 'single' } : { kind: 'by hash', columns: node.partition };
    case 'materialize':
      return node.key.length === 0 ? { kind: 'single' } : { kind: 'together', columns: node.key };
    case 'sink':
      return { kind: 'single' };
  }
}

/** `alone`: every input of the node is on the first task, so that they meet there whatever their hashes. */
export function satisfies(have: Distribution, need: Requirement, alone: boolean): boolean {
  if (need.kind === 'any') return true;
  if (have.kind === 'single') return alone || need.kind !== 'by hash';
  // Rows with an equal hash may lie where it says already: the exchange before state then finds all of them at home.
  if (need.kind !== 'together' || have.told === null) return false;
  return have.told.every((columns) => columns.some((column) => need.columns.includes(column)));
}

/** `inputs` are those of the node's inputs, which satisfy what it requires. */
export function distributionOf(node: PhysicalNode, inputs: readonly Distribution[]): Distribution {
  switch (node.kind) {
    case 'scan': {
      const at = node.system.lastIndexOf('partition');
      return { kind: 'source', told: at < 0 ? null : [[node.columns.length + at]] };
    }
    // It has one partition.
    case 'follow':
      return { kind: 'source', told: [] };
    case 'map':
      return throughMap(node, inputs[0]!);
    case 'expand':
    case 'repeat':
    case 'session':
      return carried(inputs[0]!, (column) =>
        [...node.gives.keys()].filter((output) => node.gives[output] === column),
      );
    case 'union':
      return ofUnion(node, inputs);
    case 'exchange':
      return node.by === null ? { kind: 'single' } : byHash(node.by);
    case 'aggregate':
      return inputs[0]!.kind === 'single' ? { kind: 'single' } : byHash([...node.keys.keys()]);
    case 'top n':
    case 'over':
      return inputs[0]!.kind === 'single' ? { kind: 'single' } : byHash(node.partition);
    case 'normalize':
      return inputs[0]!.kind === 'single' ? { kind: 'single' } : byHash(node.key);
    case 'join':
    case 'as of':
      return ofJoin(node, inputs);
    case 'temporal':
      return carried(inputs[0]!, (column) => (column < node.schema.length ? [column] : []));
    case 'materialize':
    case 'sink':
      return inputs[0]!;
  }
}

/** Either key tells the task of a pair; that of a side that may be missing tells nothing. */
function ofJoin(node: JoinNode | AsOfNode, inputs: readonly Distribution[]): Distribution {
  if (inputs.every((input) => input.kind === 'single')) return { kind: 'single' };
  if (node.type === 'full') return { kind: 'hash', told: null };
  const width = node.schema.length - node.rightWidth;
  const hasLeft = node.type !== 'right';
  const hasRight = node.type === 'inner' || node.type === 'right';
  const told = node.leftKeys.map((left, i) => [
    ...(hasLeft ? [left] : []),
    ...(hasRight ? [width + node.rightKeys[i]!] : []),
  ]);
  return { kind: 'hash', told };
}

function byHash(columns: readonly number[]): Distribution {
  return { kind: 'hash', told: columns.map((column) => [column]) };
}

function throughMap(node: MapNode, input: Distribution): Distribution {
  const outputs = [...node.exprs.keys()];
  return carried(input, (column) => outputs.filter((output) => tells(node.exprs[output]!, column)));
}

/** `telling` gives the columns of the output that tell a column of the input. */
function carried(input: Distribution, telling: (column: number) => readonly number[]): Distribution {
  if (input.kind === 'single' || input.told === null) return input;
  const told = input.told.map((columns) => [...new Set(columns.flatMap(telling))]);
  return { kind: input.kind, told: told.some((columns) => columns.length === 0) ? null : told };
}

/** Does the value of `expr` determine that of the column? It does when it is the column, or a fixed time beside it. */
function tells(expr: BoundExpr, column: number): boolean {
  if (expr.kind === 'column') return expr.index === column;
  if (expr.kind !== 'call' || !/^[+-]\(timestamp(tz)?,interval\)$/.test(expr.fn)) return false;
  const [time, by] = expr.args;
  return tells(time!, column) && by?.kind === 'literal' && isFixed(by.value);
}

function isFixed(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('months' in value) || !('days' in value)) return false;
  return value.months === 0 && value.days === 0;
}

/** A stream key says which branch a row is from; where each branch then has it, its own columns tell. */
function ofUnion(node: UnionNode, inputs: readonly Distribution[]): Distribution {
  const [first] = inputs;
  if (first === undefined) return { kind: 'single' };
  const text = JSON.stringify(first);
  if (first.kind !== 'source' && inputs.every((input) => JSON.stringify(input) === text)) return first;
  const kind = inputs.every((input) => input.kind === 'source') ? 'source' : 'mixed';
  const told = inputs.map((input) => (input.kind === 'single' ? [] : input.told));
  if (node.streamKey.length === 0 || told.includes(null)) return { kind, told: null };
  return { kind, told: [...node.streamKey.map((column) => [column]), ...told.flatMap((list) => list ?? [])] };
}
