// Window functions of a select list. While outputs are bound, a call is a column far behind the row; when the row is known, its value
// stands right behind it: first the numbers of row_number(), which keep the first rows of a partition where they are bounded, then
// the others, window by window.

import { BIGINT } from '../data/types.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { canonicalText, replaceColumns } from '../expr/columns.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import type {
  Expression,
  FunctionCall,
  OrderItem,
  Select,
  WindowName,
  WindowSpecification,
} from '../sql/ast.ts';
import type { Identifier } from '../sql/names.ts';
import type { BoundColumn, BoundNumbering, BoundOrder, BoundOver, BoundOverCall } from './bound.ts';
import { typed } from './expression.ts';
import { invalidQuery } from './fail.ts';
import { boundFrame } from './frame.ts';
import { directionOf } from './order-item.ts';
import { boundOverCall, requireRowNumber } from './over-call.ts';

/** Behind every column that there can be: numbers, and from twice that on the values of other window functions. */
const BEHIND = 2 ** 20;

type Bind = (expression: Expression) => Operand;

export class WindowCalls {
  readonly numberings: BoundNumbering[] = [];
  private readonly windows: {
    readonly text: string;
    readonly over: BoundNumbering;
    readonly calls: BoundOverCall[];
  }[] = [];
  /** By number of the call: its window, and its place there. */
  private readonly places: { readonly window: number; readonly call: number }[] = [];
  private readonly numberingTexts: string[] = [];
  /** What the WINDOW clause defines, each over those before it, and which of them somebody has asked for. */
  private readonly named = new Map<string, WindowSpecification>();
  private readonly asked = new Set<string>();

  constructor(select: Select) {
    for (const { name, specification } of select.windows) {
      if (this.named.has(name.name))
        throw invalidQuery(`window "${name.name}" is already defined`, name.span, 'give it another name');
      this.named.set(name.name, this.resolved(specification));
    }
    this.asked.clear();
  }

  /** Definitions that nobody asks for must be right, too. */
  checkUnused(bind: Bind): void {
    for (const [name, specification] of this.named)
      if (!this.asked.has(name)) boundFrame(specification, boundWindow(specification, bind).order);
  }

  /** `bind` binds what calls and windows are made of: expressions over the row of FROM and its aggregates. */
  bind(call: FunctionCall, bind: Bind): BoundExpr {
    const specification = this.resolved(call.over!);
    const window = boundWindow(specification, bind);
    const frame = boundFrame(specification, window.order);
    const { span } = call;
    if (call.name.name.name === 'row_number') {
      requireRowNumber(call);
      const index = BEHIND + this.numbering(window);
      return { kind: 'column', index, name: 'row_number', type: BIGINT, nullable: false, span };
    }
    const bound = boundOverCall(call, frame, bind);
    const { name, type, nullable } = bound;
    return { kind: 'column', index: 2 * BEHIND + this.call(window, bound), name, type, nullable, span };
  }

  private numbering(window: BoundNumbering): number {
    const text = windowText(window);
    const there = this.numberingTexts.indexOf(text);
    if (there >= 0) return there;
    this.numberings.push(window);
    return this.numberingTexts.push(text) - 1;
  }

  private call(over: BoundNumbering, call: BoundOverCall): number {
    const text = windowText(over);
    let window = this.windows.findIndex((known) => known.text === text);
    if (window < 0) window = this.windows.push({ text, over, calls: [] }) - 1;
    const { calls } = this.windows[window]!;
    return this.places.push({ window, call: calls.push(call) - 1 }) - 1;
  }

  /** The windows with their calls; `move` puts what they are made of over another row. */
  overs(move: (expr: BoundExpr) => BoundExpr): readonly BoundOver[] {
    return this.windows.map(({ over, calls }) => ({
      ...movedWindow(over, move),
      calls: calls.map((call) => ({ ...call, args: call.args.map(move) })),
    }));
  }

  /** The columns behind the row. */
  columns(): readonly BoundColumn[] {
    const numbers = this.numberings.map((): BoundColumn => {
      return { name: 'row_number', type: BIGINT, nullable: false, time: null };
    });
    const values = this.windows.flatMap(({ calls }) =>
      calls.map(({ name, type, nullable }): BoundColumn => ({ name, type, nullable, time: null })),
    );
    return [...numbers, ...values];
  }

  /** An expression with calls far behind the row → with their values right behind a row of `width` columns. */
  besideRow(expr: BoundExpr, width: number): BoundExpr {
    return replaceColumns(expr, (index, column) => {
      if (!isWindowCall(index)) return column;
      return { ...column, index: width + this.offset(index) } as BoundExpr;
    });
  }

  private offset(index: number): number {
    if (index < 2 * BEHIND) return index - BEHIND;
    const { window, call } = this.places[index - 2 * BEHIND]!;
    const before = this.windows.slice(0, window).reduce((sum, { calls }) => sum + calls.length, 0);
    return this.numberings.length + before + call;
  }

  private resolved(over: WindowName | WindowSpecification): WindowSpecification {
    if (over.kind === 'WindowName') return this.find(over.name);
    if (over.base === undefined) return over;
    const base = this.find(over.base);
    const { name } = over.base;
    if (over.partitionBy.length > 0) {
      throw invalidQuery(
        `cannot override PARTITION BY clause of window "${name}"`,
        over.span,
        'leave it out',
      );
    }
    if (over.orderBy.length > 0 && base.orderBy.length > 0) {
      throw invalidQuery(`cannot override ORDER BY clause of window "${name}"`, over.span, 'leave it out');
    }
    if (base.frame !== undefined) {
      throw invalidQuery(
        `cannot copy window "${name}" because it has a frame clause`,
        over.span,
        `write OVER ${name}, without parentheses`,
      );
    }
    const orderBy = over.orderBy.length > 0 ? over.orderBy : base.orderBy;
    return { ...over, partitionBy: base.partitionBy, orderBy };
  }

  private find(name: Identifier): WindowSpecification {
    const found = this.named.get(name.name);
    this.asked.add(name.name);
    if (found !== undefined) return found;
    throw invalidQuery(`window "${name.name}" does not exist`, name.span, 'name it in the WINDOW clause');
  }
}

export function isWindowCall(index: number): boolean {
  return index >= BEHIND;
}

export function movedWindow(
  { partition, order }: BoundNumbering,
  move: (expr: BoundExpr) => BoundExpr,
): BoundNumbering {
  return { partition: partition.map(move), order: order.map((item) => ({ ...item, expr: move(item.expr) })) };
}

function boundWindow({ partitionBy, orderBy }: WindowSpecification, bind: Bind): BoundNumbering {
  return {
    partition: partitionBy.map((expression) => typed(bind(expression))),
    order: orderBy.map((item) => boundOrder(item, bind)),
  };
}

function boundOrder(item: OrderItem, bind: Bind): BoundOrder {
  return { expr: typed(bind(item.expression)), ...directionOf(item) };
}

function windowText({ partition, order }: BoundNumbering): string {
  const by = order.map(({ expr, descending, nullsFirst }) => {
    return `${canonicalText(expr)} ${descending ? 'desc' : 'asc'} ${nullsFirst ? 'first' : 'last'}`;
  });
  return `${partition.map((expr) => canonicalText(expr)).join()} by ${by.join()}`;
}
