// What the parts of the deparser need from each other, and the one choice it leaves open: how a streaming clause is
// written, in our own spelling or in plain PostgreSQL.

import type { ObjectName } from '../names.ts';
import type {
  Expression,
  FunctionCall,
  Join,
  OrderItem,
  Query,
  TableReference,
  WindowTable,
} from '../ast.ts';

export interface Writer {
  expression(expression: Expression): string;
  query(query: Query): string;
  readonly streaming: StreamingText;
}

/** Texts of the constructs that PostgreSQL does not have; each may refuse. */
export interface StreamingText {
  windowTable(table: WindowTable, writer: Writer): string;
  asOf(table: TableReference, writer: Writer): string;
  asOfJoin(join: Join): string;
  /** How a function that Postgres does not have is called; undefined: by its name. */
  functionName?(name: ObjectName): string | undefined;
  /** An aggregate in other words; undefined, or absent: it is written as it is. */
  aggregate?(call: FunctionCall): Expression | undefined;
  /** What now() is, as text of a timestamp with time zone; absent: it is written as it is. */
  readonly now?: string | undefined;
}

export function expressionList(writer: Writer, expressions: readonly Expression[]): string {
  return expressions.map((expression) => writer.expression(expression)).join(', ');
}

export function orderList(writer: Writer, items: readonly OrderItem[]): string {
  return items.map((item) => orderText(writer, item)).join(', ');
}

function orderText(writer: Writer, item: OrderItem): string {
  const direction = item.direction === 'desc' ? ' DESC' : '';
  const nulls = item.nulls === undefined ? '' : ` NULLS ${item.nulls.toUpperCase()}`;
  return writer.expression(item.expression) + direction + nulls;
}

/** The non-empty parts, with spaces between. */
export function words(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}
