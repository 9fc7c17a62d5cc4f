// A jsonpath as a tree: an item, and what is done with what it gives, one step behind the other.

import type { NumericValue } from '../../../data/value.ts';

export type CompareOp = '==' | '<>' | '<' | '<=' | '>' | '>=';
export type ArithmeticOp = '+' | '-' | '*' | '/' | '%';
export type Method = 'type' | 'size' | 'abs' | 'floor' | 'ceiling' | 'double' | 'bigint' | 'boolean' | 'integer' | 'number' | 'string'; // prettier-ignore

interface Item {
  readonly next?: PathNode;
}

/** Conditions: true, false or unknown. As an item they give true, false or null. */
export type Condition = Item &
  (
    | { readonly kind: 'and' | 'or'; readonly left: PathNode; readonly right: PathNode }
    | { readonly kind: 'not' | 'isUnknown'; readonly operand: PathNode }
    | { readonly kind: 'exists'; readonly operand: PathNode }
    | { readonly kind: 'compare'; readonly op: CompareOp; readonly left: PathNode; readonly right: PathNode }
    | { readonly kind: 'startsWith'; readonly left: PathNode; readonly right: PathNode }
    | { readonly kind: 'likeRegex'; readonly left: PathNode; readonly matcher: RegExp }
  );

export type PathNode =
  | Condition
  | (Item &
      (
        | { readonly kind: 'constant'; readonly value: null | boolean | string | NumericValue }
        | { readonly kind: 'variable' | 'key'; readonly name: string }
        | { readonly kind: 'root' | 'current' | 'last' | 'anyKey' | 'anyItem' }
        | {
            readonly kind: 'arithmetic';
            readonly op: ArithmeticOp;
            readonly left: PathNode;
            readonly right: PathNode;
          }
        | { readonly kind: 'signed'; readonly op: '+' | '-'; readonly operand: PathNode }
        | { readonly kind: 'index'; readonly ranges: readonly Range[] }
        /** `**`: levels below; Infinity is `last`. */
        | { readonly kind: 'anyLevel'; readonly first: number; readonly last: number }
        | { readonly kind: 'filter'; readonly condition: PathNode }
        | { readonly kind: 'method'; readonly name: Method }
        | { readonly kind: 'decimal'; readonly precision?: bigint; readonly scale?: bigint }
      ));

export interface Range {
  readonly from: PathNode;
  readonly to: PathNode | undefined;
}

export interface JsonPath {
  readonly lax: boolean;
  readonly root: PathNode;
}

const CONDITIONS: ReadonlySet<PathNode['kind']> = new Set([
  'and',
  'or',
  'not',
  'isUnknown',
  'exists',
  'compare',
  'startsWith',
  'likeRegex',
] as const);

/** Is it a condition, with nothing done behind it? */
export function isCondition(node: PathNode): boolean {
  return CONDITIONS.has(node.kind) && node.next === undefined;
}

/** Does `step` behind all that is done already. */
export function followedBy(node: PathNode, step: PathNode): PathNode {
  return { ...node, next: node.next === undefined ? step : followedBy(node.next, step) };
}
