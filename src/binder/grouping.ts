// GROUP BY: outputs are first bound to the row of FROM with aggregates as extra columns behind it, then moved onto the group's
// row (keys, then calls). What is neither a key nor inside an aggregate has no one value in a group and is refused.

import { canonicalText } from '../expr/columns.ts';
import { mapChildren } from '../expr/tree.ts';
import type { BoundExpr } from '../expr/bound.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import type { Expression, FunctionCall } from '../sql/ast.ts';
import { callText } from './aggregate-call.ts';
import type { BoundAggregate } from './bound.ts';
import { boundCall } from './bind-aggregate.ts';
import { bindExpression } from './expression.ts';
import { groupingError, invalidQuery, unsupported } from './fail.ts';
import type { Scope } from './scope.ts';
import { isWindowCall } from './window-calls.ts';

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
    refuseClauses(call, call.name.name.name);
    const bound = boundCall(call, (expression) => this.bindArgument(expression));
    const text = callText(bound, canonicalText);
    let at = this.byText.get(text);
    if (at === undefined) {
      at = this.calls.length;
      this.byText.set(text, at);
      this.calls.push(bound);
    }
    const { name, type, nullable } = this.calls[at]!;
    return { kind: 'column', index: this.width + at, name, type, nullable, span: call.span };
  }

  private bindArgument(expression: Expression): Operand {
    return bindExpression(expression, {
      scope: this.scope,
      aggregate: (inner) => {
        throw groupingError(
          'aggregate function calls cannot be nested',
          inner.span,
          'compute the inner one in a subquery in FROM',
        );
      },
    });
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
      if (isWindowCall(part.index)) return part;
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
  if (call.withinGroup)
    throw unsupported(
      `${name}(…) WITHIN GROUP`,
      call.span,
      'min and max are there, and string_agg with ORDER BY',
    );
  for (const argument of call.arguments) {
    if (argument.name !== undefined || argument.variadic) {
      throw invalidQuery('an aggregate takes its argument by position', argument.span);
    }
  }
}
