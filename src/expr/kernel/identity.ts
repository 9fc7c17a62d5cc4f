// Numbers equal expressions alike, so that a kernel computes each of them once. Spans do not count.

import { typeName } from '../../data/types.ts';
import type { Value } from '../../data/value.ts';
import type { BoundExpr } from '../bound.ts';
import { childrenOf } from '../tree.ts';

export class ExpressionIdentity {
  readonly #byKey = new Map<string, number>();
  readonly #byNode = new WeakMap<BoundExpr, number>();

  of(expr: BoundExpr): number {
    const seen = this.#byNode.get(expr);
    if (seen !== undefined) return seen;
    const key = `${ownKey(expr)}(${childrenOf(expr)
      .map((child) => this.of(child))
      .join()})`;
    let id = this.#byKey.get(key);
    if (id === undefined) {
      id = this.#byKey.size;
      this.#byKey.set(key, id);
    }
    this.#byNode.set(expr, id);
    return id;
  }
}

function ownKey(expr: BoundExpr): string {
  switch (expr.kind) {
    case 'column':
      return `column ${expr.index}`;
    case 'literal':
      return `literal ${typeName(expr.type)} ${literalKey(expr.value)}`;
    case 'call':
      return `call ${expr.fn} ${typeName(expr.type)}`;
    case 'isNull':
      return expr.negated ? 'is not null' : 'is null';
    case 'case':
      return `case ${typeName(expr.type)} ${expr.otherwise === null ? '' : 'else'}`;
    default:
      return `${expr.kind} ${typeName(expr.type)}`;
  }
}

function literalKey(value: Value): string {
  if (Object.is(value, -0)) return '-0';
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'bigint'
      ? `${part}n`
      : typeof part === 'number'
        ? String(part)
        : part instanceof Uint8Array
          ? part.join()
          : part,
  );
}
