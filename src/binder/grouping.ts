// GROUP BY: outputs are first bound to the row of FROM with aggregates as extra columns behind it, then moved onto the group's
// row (keys, calls, what GROUPING says). What is neither a key nor inside an aggregate has no one value in a group and is refused.

import { canonicalText } from '../expr/columns.ts';
import { loosened } from '../expr/outer.ts';
import { columnsOf } from '../expr/properties.ts';
import { mapChildren } from '../expr/tree.ts';
import type { BoundExpr } from '../expr/bound.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import { INTEGER } from '../data/types.ts';
import type { TextSpan } from '../errors.ts';
import type { Expression, FunctionCall, Grouping } from '../sql/ast.ts';
import { callExprs, callText } from './aggregate-call.ts';
import type { BoundAggregate, BoundColumn, BoundGroupings } from './bound.ts';
import { boundCall } from './bind-aggregate.ts';
import { bindExpression, typed } from './expression.ts';
import { groupingError, invalidQuery, unsupported } from './fail.ts';
import type { Scope } from './scope.ts';
import type { BindSubquery, UserFunctions } from './expression.ts';
import { isHeld } from './held-subqueries.ts';
import { isWindowCall } from './window-calls.ts';

/** GROUPING(…) is a column behind all calls that there can be. */
const GROUPINGS = 2 ** 19;

/** The columns that a group has, its keys first. */
export interface GroupRow {
  readonly keys: readonly BoundExpr[];
  readonly columns: readonly BoundColumn[];
  /** Of the SELECT. */
  readonly span: TextSpan;
}

/** And calls behind all columns of FROM, to which subqueries may still be joined. */
export const CALLS = 2 ** 18;

/** Collects the aggregate calls of one SELECT. */
export class AggregateCalls {
  readonly calls: BoundAggregate[] = [];
  private readonly groupingCalls: { readonly args: readonly BoundExpr[]; readonly span: TextSpan }[] = [];
  private readonly byText = new Map<string, number>();
  private readonly scope: Scope;
  private readonly functions: UserFunctions;
  private readonly subquery: BindSubquery;

  /** `subquery`: of one in an argument. */
  constructor(scope: Scope, functions: UserFunctions, subquery: BindSubquery) {
    this.scope = scope;
    this.functions = functions;
    this.subquery = subquery;
  }

  /** The call's result, as a column behind the row of FROM. Equal calls are one. */
  bind(call: FunctionCall): BoundExpr {
    refuseClauses(call);
    const bound = boundCall(call, (expression) => this.bindArgument(expression));
    refuseOuterOnly(bound, call);
    const text = callText(bound, canonicalText);
    let at = this.byText.get(text);
    if (at === undefined) {
      at = this.calls.length;
      this.byText.set(text, at);
      this.calls.push(bound);
    }
    const { name, type, nullable } = this.calls[at]!;
    return { kind: 'column', index: CALLS + at, name, type, nullable, span: call.span };
  }

  isUnused(): boolean {
    return this.calls.length + this.groupingCalls.length === 0;
  }

  bindGrouping({ arguments: args, span }: Grouping): BoundExpr {
    if (args.length > 31) throw groupingError('GROUPING must have fewer than 32 arguments', span);
    const bound = args.map((arg) => typed(this.bindArgument(arg)));
    const index = GROUPINGS + this.groupingCalls.push({ args: bound, span }) - 1;
    return { kind: 'column', index, name: 'grouping', type: INTEGER, nullable: false, span };
  }

  /** The groupings, where there are several or somebody asks which one a row is of. */
  groupings(
    keys: readonly BoundExpr[],
    sets: readonly (readonly number[])[] | null,
  ): { readonly groupings?: BoundGroupings } {
    if (sets === null && this.groupingCalls.length === 0) return {};
    const texts = keys.map((key) => canonicalText(key));
    const calls = this.groupingCalls.map(({ args, span }) =>
      args.map((arg) => {
        const key = texts.indexOf(canonicalText(arg));
        if (key >= 0) return key;
        throw groupingError(
          'arguments to GROUPING must be grouping expressions of the associated query level',
          arg.span ?? span,
          'write what stands in GROUP BY',
        );
      }),
    );
    return { groupings: { sets: sets ?? [[...keys.keys()]], calls } };
  }

  private bindArgument(expression: Expression): Operand {
    return bindExpression(expression, {
      scope: this.scope,
      functions: this.functions,
      subquery: this.subquery,
      aggregate: refuseNested,
    });
  }

  /** An expression over the row of FROM and the calls behind it → over the group's row. */
  overGroup(expr: BoundExpr, row: GroupRow): BoundExpr {
    const { keys, span } = row;
    const texts = keys.map((key) => canonicalText(key));
    const move = (part: BoundExpr): BoundExpr => {
      const text = canonicalText(part);
      const key = texts.indexOf(text);
      if (key >= 0 && part.kind !== 'literal') {
        if (texts.includes(text, key + 1)) throw twice(part.span ?? span);
        return keyColumn(part, key, row);
      }
      if (part.kind !== 'column') return loosened(part, mapChildren(part, move));
      if (part.outer !== undefined || isHeld(part) || isWindowCall(part.index)) return part;
      if (part.index >= GROUPINGS)
        return { ...part, index: keys.length + this.calls.length + part.index - GROUPINGS };
      if (part.index >= CALLS) return { ...part, index: keys.length + part.index - CALLS };
      throw groupingError(
        `column "${part.name}" must appear in the GROUP BY clause or be used in an aggregate function`,
        part.span,
        `add it to GROUP BY, or write min(${part.name}) or max(${part.name})`,
      );
    };
    return move(expr);
  }

  /** `key`: of the output that is one. */
  outputOverGroup(operand: Operand, key: number | undefined, row: GroupRow): Operand {
    if (operand.kind === 'untyped') return operand;
    const itself = key !== undefined && operand.kind !== 'literal';
    return itself ? keyColumn(operand, key, row) : this.overGroup(operand, row);
  }
}

function keyColumn({ type, span }: BoundExpr, index: number, { columns }: GroupRow): BoundExpr {
  const { name, nullable } = columns[index]!;
  return { kind: 'column', index, name, type, nullable, span };
}

/** Which of the two PostgreSQL takes there depends on how it runs the query. */
function twice(span: TextSpan) {
  return unsupported(
    'a key that GROUP BY has twice, in different groupings, elsewhere than as these outputs',
    span,
    'group by it once, or compute with the outputs in a query around this one',
  );
}

function refuseNested(inner: FunctionCall): never {
  throw groupingError(
    'aggregate function calls cannot be nested',
    inner.span,
    'compute the inner one in a subquery in FROM',
  );
}

/** Postgres has it computed by the query around. */
function refuseOuterOnly(bound: BoundAggregate, { name, span }: FunctionCall): void {
  const reads = callExprs(bound);
  if (
    !reads.some((expr) => canonicalText(expr).includes('outer ')) ||
    reads.some((expr) => columnsOf(expr).length > 0)
  )
    return;
  throw unsupported(
    `${name.name.name}(…) of columns of the outer query in a subquery`,
    span,
    'aggregate in the outer query, and pass the value on by a subquery in FROM',
  );
}

function refuseClauses(call: FunctionCall): void {
  for (const argument of call.arguments) {
    if (argument.name !== undefined || argument.variadic) {
      throw invalidQuery('an aggregate takes its argument by position', argument.span);
    }
  }
}
