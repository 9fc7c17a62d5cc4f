// row_number() OVER (PARTITION BY … ORDER BY …) in a select list. While outputs are bound, a call is a column far behind the row;
// when the row is known, it stands right behind it.

import { BIGINT } from '../data/types.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { canonicalText, replaceColumns } from '../expr/columns.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import type {
  Expression,
  FunctionCall,
  NamedWindow,
  OrderItem,
  Select,
  WindowName,
  WindowSpecification,
} from '../sql/ast.ts';
import type { Identifier } from '../sql/names.ts';
import type { BoundNumbering, BoundOrder } from './bound.ts';
import { typed } from './expression.ts';
import { invalidQuery, unsupported } from './fail.ts';

/** Behind every column that there can be. */
const BEHIND = 2 ** 20;

export class Numberings {
  readonly all: BoundNumbering[] = [];
  private readonly texts: string[] = [];
  private readonly named: readonly NamedWindow[];

  constructor(select: Select) {
    this.named = select.windows;
  }

  /** `bind` binds what the window is made of: expressions over the row of FROM and its aggregates. */
  bind(call: FunctionCall, bind: (expression: Expression) => Operand): BoundExpr {
    requireRowNumber(call);
    const window = this.resolved(call.over!);
    const partition = window.partitionBy.map((expression) => typed(bind(expression)));
    const order = window.orderBy.map((item) => boundOrder(item, bind));
    const text = [partition.map((p) => canonicalText(p)).join(), order.map(orderText).join()].join(' by ');
    let at = this.texts.indexOf(text);
    if (at < 0) {
      at = this.texts.push(text) - 1;
      this.all.push({ partition, order });
    }
    return {
      kind: 'column',
      index: BEHIND + at,
      name: 'row_number',
      type: BIGINT,
      nullable: false,
      span: call.span,
    };
  }

  private resolved(over: WindowName | WindowSpecification): WindowSpecification {
    if (over.kind === 'WindowName') return this.find(over.name);
    if (over.base === undefined) return over;
    const base = this.find(over.base);
    if (over.partitionBy.length > 0) {
      throw invalidQuery(`cannot override PARTITION BY clause of window "${over.base.name}"`, over.span);
    }
    if (over.orderBy.length > 0 && base.orderBy.length > 0) {
      throw invalidQuery(`cannot override ORDER BY clause of window "${over.base.name}"`, over.span);
    }
    const orderBy = over.orderBy.length > 0 ? over.orderBy : base.orderBy;
    return { ...over, partitionBy: base.partitionBy, orderBy };
  }

  private find(name: Identifier): WindowSpecification {
    const found = this.named.find((window) => window.name.name === name.name);
    if (found !== undefined) return this.resolved(found.specification);
    throw invalidQuery(`window "${name.name}" does not exist`, name.span, 'name it in the WINDOW clause');
  }
}

/** The columns of numberings, right behind a row of `width` columns. */
export function besideRow(expr: BoundExpr, width: number): BoundExpr {
  return replaceColumns(expr, (index, column) =>
    index >= BEHIND ? ({ ...column, index: width + index - BEHIND } as BoundExpr) : column,
  );
}

export function isNumbering(index: number): boolean {
  return index >= BEHIND;
}

export function boundOrder(item: OrderItem, bind: (expression: Expression) => Operand): BoundOrder {
  return { expr: typed(bind(item.expression)), ...directionOf(item) };
}

export function directionOf(item: OrderItem): Pick<BoundOrder, 'descending' | 'nullsFirst'> {
  const descending = item.direction === 'desc';
  return { descending, nullsFirst: item.nulls === undefined ? descending : item.nulls === 'first' };
}

function orderText({ expr, descending, nullsFirst }: BoundOrder): string {
  return `${canonicalText(expr)} ${descending ? 'desc' : 'asc'} ${nullsFirst ? 'first' : 'last'}`;
}

function requireRowNumber(call: FunctionCall): void {
  const { name } = call.name.name;
  if (name !== 'row_number') {
    throw unsupported(
      `window function ${name}(…) OVER`,
      call.span,
      'row_number() OVER is there; for values of a group, join the group to its rows',
    );
  }
  if (call.arguments.length > 0 || call.star) {
    throw invalidQuery('row_number() takes no arguments', call.span, 'write row_number() OVER (…)');
  }
  if (call.filter !== undefined) {
    throw invalidQuery(
      'FILTER is not implemented for non-aggregate window functions',
      call.filter.span,
      'filter in a subquery before rows are numbered',
    );
  }
}
