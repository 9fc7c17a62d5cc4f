// Collects the nodes of a graph. A node that equals one already there is that one: so statements submitted together share
// scans and equal sub-plans.

import { canonicalText } from '../expr/columns.ts';
import type { SqlType } from '../data/types.ts';
import { isTree, typeName, unconstrained } from '../data/types.ts';
import type { BoundExpr } from '../expr/bound.ts';
import type { NodeId, PhysicalNode } from './graph.ts';

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
export type NewNode = WithoutId<PhysicalNode>;

export class GraphBuilder {
  readonly nodes: PhysicalNode[] = [];
  private readonly byText = new Map<string, PhysicalNode>();
  readonly share: boolean;

  /** Without `share` every node but a scan is its own, as a reference for tests. */
  constructor(share: boolean) {
    this.share = share;
  }

  add<T extends NewNode>(node: T): T & { readonly id: NodeId } {
    const text = nodeText(node);
    const known = this.byText.get(text);
    // A source is read once, so that its partitions have one position and its late rows are told once.
    if ((this.share || node.kind === 'scan') && known !== undefined) return known as PhysicalNode & T;
    const added = { ...this.withOwnState(node), id: this.nodes.length + 1 };
    this.nodes.push(added as PhysicalNode);
    this.byText.set(text, added as PhysicalNode);
    return added;
  }

  /** Nodes that compute the same are not one where a column can be NULL in one of them only: state is laid out by that. */
  private withOwnState<T extends NewNode>(node: T): T {
    if (!('fingerprint' in node)) return node;
    const { fingerprint } = node;
    const like = this.nodes.filter((n) => 'fingerprint' in n && n.fingerprint.startsWith(fingerprint));
    if (!like.some((n) => 'fingerprint' in n && n.fingerprint === fingerprint)) return node;
    const own = `${fingerprint}-${like.length}`;
    if (node.kind !== 'aggregate') return { ...node, fingerprint: own };
    const multisets = node.multisets.map((multiset) => {
      return { ...multiset, fingerprint: multiset.fingerprint.replace(fingerprint, own) };
    });
    return { ...node, fingerprint: own, multisets };
  }

  /** Equal sub-plans that are not shared need state tables of their own. */
  uniqueFingerprint(fingerprint: string): string {
    if (this.share) return fingerprint;
    const twins = this.nodes.filter(
      (n) => 'fingerprint' in n && n.fingerprint.startsWith(fingerprint),
    ).length;
    return twins === 0 ? fingerprint : `${fingerprint}-${twins}`;
  }
}

/** Everything that makes a node what it is. Labels and places in the text do not. */
function nodeText(node: NewNode): string {
  const { label: _label, schema, ...rest } = node;
  const shape = schema.map((field) => [field.name, kindName(field.type), field.nullable]);
  return JSON.stringify([shape, rest], (_key, value: unknown) => {
    if (isExpression(value)) return `${canonicalText(value)} ${kindName(value.type)}`;
    return typeof value === 'bigint' ? `${value}n` : value;
  });
}

const EXPRESSION_KINDS = [
  'column',
  'literal',
  'call',
  'cast',
  'and',
  'or',
  'not',
  'isNull',
  'case',
  'coalesce',
];

function isExpression(value: unknown): value is BoundExpr {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    'type' in value &&
    EXPRESSION_KINDS.includes(String(value.kind))
  );
}

/** Precision and length do not change what state looks like; what an array or a row is made of does. */
function kindName(type: SqlType): string {
  return isTree(type) ? typeName(unconstrained(type)) : type.kind;
}
