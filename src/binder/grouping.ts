// GROUP BY: outputs are first bound to the row of FROM with aggregates as extra columns behind it, then moved onto the group's
// row (keys, then calls). What is neither a key nor inside an aggregate has no one value in a group and is refused.

import { canonicalText } from '../expr/columns.ts';
import { mapChildren } from '../expr/tree.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { coerce } from '../expr/resolve/casts.ts';
import { resolveAggregate } from '../expr/resolve/aggregates.ts';
import { argTypeOf } from '../expr/resolve/operand.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import type { FunctionCall } from '../sql/ast.ts';
import type { BoundAggregate } from './bound.ts';
import { bindExpression } from './expression.ts';
import { groupingError, invalidQuery, unsupported } from './fail.ts';
import type { Scope } from './scope.ts';

/** Collects the aggregate calls of one SELECT. */
export class AggregateCalls {
  readonly calls: BoundAggregate[] = [];
  private readonly byText = new Map<string, number>();
  private readonly scope: Scope;
  private readonly width: number;

  constructor(scope: Scope) {
    this.scope = scope;
    this.width = scope.row.length;
  }

  /** The call's result, as a column behind the row of FROM. Equal calls are one. */
  bind(call: FunctionCall): BoundExpr {
    const name = call.name.name.name;
    refuseClauses(call, name);
    const args = call.arguments.map((argument) =>
      bindExpression(argument.value, {
        scope: this.scope,
        aggregate: (inner) => {
          throw groupingError(
            'aggregate function calls cannot be nested',
            inner.span,
            'compute the inner one in a subquery in FROM',
          );
        },
      }),
    );
    const { star } = call;
    const form = { star, distinct: false, filter: false, orderBy: false };
    const resolved = resolveAggregate(name, args.map(argTypeOf), form, call.span);
    const arg = args.length === 0 || star ? null : coerce(args[0]!, resolved.params[0]!);
    const text = `${resolved.fn}(${arg === null ? '*' : canonicalText(arg)})`;
    let at = this.byText.get(text);
    if (at === undefined) {
      at = this.calls.length;
      this.byText.set(text, at);
      this.calls.push({ fn: resolved.fn, arg, name, type: resolved.result, nullable: resolved.nullable });
    }
    const { type, nullable } = this.calls[at]!;
    return { kind: 'column', index: this.width + at, name, type, nullable, span: call.span };
  }

  /** An expression over the row of FROM and the calls behind it → over the group's row. */
  overGroup(expr: BoundExpr, keys: readonly BoundExpr[], names: readonly string[]): BoundExpr {
    const keyAt = new Map(keys.map((key, i) => [canonicalText(key), i]));
    const move = (part: BoundExpr): BoundExpr => {
      const key = keyAt.get(canonicalText(part));
      if (key !== undefined && part.kind !== 'literal') {
        return {
          kind: 'column',
          index: key,
          name: names[key]!,
          type: part.type,
          nullable: part.nullable,
          span: part.span,
        };
      }
      if (part.kind !== 'column') return mapChildren(part, move);
      if (part.index >= this.width) return { ...part, index: keys.length + part.index - this.width };
      throw groupingError(
        `column "${part.name}" must appear in the GROUP BY clause or be used in an aggregate function`,
        part.span,
        `add it to GROUP BY, or write min(${part.name}) or max(${part.name})`,
      );
    };
    return move(expr);
  }

  operandOverGroup(operand: Operand, keys: readonly BoundExpr[], names: readonly string[]): Operand {
    return operand.kind === 'untyped' ? operand : this.overGroup(operand, keys, names);
  }
}

function refuseClauses(call: FunctionCall, name: string): void {
  if (call.distinct) {
    throw unsupported(`${name}(DISTINCT …)`, call.span, 'group by the argument in a view of its own');
  }
  if (call.filter !== undefined) {
    throw unsupported(
      `${name}(…) FILTER`,
      call.filter.span,
      `write ${name}(CASE WHEN condition THEN argument END)`,
    );
  }
  if (call.withinGroup)
    throw unsupported(`${name}(…) WITHIN GROUP`, call.span, 'count, sum, avg, min and max are there');
  const [order] = call.orderBy;
  if (order !== undefined) {
    throw unsupported(
      `ORDER BY in ${name}(…)`,
      order.span,
      'count, sum, avg, min and max do not depend on an order',
    );
  }
  for (const argument of call.arguments) {
    if (argument.name !== undefined || argument.variadic) {
      throw invalidQuery('an aggregate takes its argument by position', argument.span);
    }
  }
}
