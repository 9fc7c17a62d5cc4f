// Subqueries of a select list, HAVING and ORDER BY. Which row they stand beside (that of FROM, or of a group) is known when all of it is
// bound; until then each is a column below 0.

import { BOOLEAN } from '../data/types.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { substituted } from '../expr/outer.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import { mapOuter } from './correlation.ts';
import type { Subqueries } from './subqueries.ts';
import type { BindOperand, SubqueryExpression } from './subquery-syntax.ts';
import type { Subquery, SubqueryForm } from './subquery-values.ts';
import { typeOfSubquery } from './subquery-values.ts';

/** -1 is now(). */
const FIRST = -2;

const PLACE = { kind: 'column' as const, name: 'subquery', type: BOOLEAN, nullable: true };

export class HeldSubqueries {
  private readonly held: Subquery[] = [];
  /** Of those that stand beside a row, by number. */
  private readonly values = new Map<number, BoundExpr>();
  private readonly subqueries: Subqueries;

  constructor(subqueries: Subqueries) {
    this.subqueries = subqueries;
  }

  hold(expression: SubqueryExpression, bind: BindOperand): BoundExpr {
    const subquery = this.subqueries.bind(expression, bind);
    const index = FIRST - (this.held.push(subquery) - 1);
    const { type, nullable } = typeOfSubquery(subquery);
    return { kind: 'column', index, name: 'subquery', type, nullable, span: expression.span };
  }

  /** Those that are left to stand beside another row. */
  get isEmpty(): boolean {
    return this.values.size === this.held.length;
  }

  /** Puts all of them beside the row of FROM. */
  putBesideFrom(): void {
    this.held.forEach((_, n) => void this.besideFrom({ ...PLACE, index: FIRST - n }));
  }

  /** The expression with the values of its subqueries, which are put beside the row of FROM. */
  besideFrom(expr: BoundExpr): BoundExpr {
    return this.resolved(expr, (n) => {
      const subquery = this.held[n]!;
      return this.subqueries.value(moved(subquery, (operand) => this.besideFrom(operand), null));
    });
  }

  /** The expression with what is beside the row of FROM already. */
  known(expr: BoundExpr): BoundExpr {
    return this.resolved(expr, () => null);
  }

  /** Beside another row: `move` puts what they read of the row of FROM over that. */
  beside(expr: BoundExpr, others: Subqueries, move: (expr: BoundExpr) => BoundExpr): BoundExpr {
    return this.resolved(expr, (n) => {
      const over = (operand: BoundExpr): BoundExpr => this.beside(move(operand), others, move);
      return others.value(moved(this.held[n]!, over, move));
    });
  }

  private resolved(expr: BoundExpr, make: (n: number) => BoundExpr | null): BoundExpr {
    return substituted(expr, (column) => {
      if (column.outer !== undefined || column.index > FIRST) return column;
      const n = FIRST - column.index;
      const value = this.values.get(n) ?? make(n);
      if (value === null) return column;
      this.values.set(n, value);
      return value;
    });
  }
}

export function isHeld(expr: BoundExpr): boolean {
  return expr.kind === 'column' && expr.outer === undefined && expr.index <= FIRST;
}

export function mapOperand(operand: Operand, f: (expr: BoundExpr) => BoundExpr): Operand {
  return operand.kind === 'untyped' ? operand : f(operand);
}

/** `columns`: of what is read of the row around; null: as they are. */
function moved(
  subquery: Subquery,
  operands: (expr: BoundExpr) => BoundExpr,
  columns: ((expr: BoundExpr) => BoundExpr) | null,
): Subquery {
  const { form, query } = subquery;
  const over: SubqueryForm =
    form.kind === 'quantified' ? { ...form, operands: form.operands.map(operands) } : form;
  if (columns === null) return { ...subquery, form: over };
  const own = mapOuter(query, ({ outer, ...column }) => ({ ...columns(column), outer }) as BoundExpr);
  return { ...subquery, form: over, query: own };
}
