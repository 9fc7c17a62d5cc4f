// Queries of a view as SQL: a page of rows, one row by its key, a count.

import { quoteIdent } from '../postgres/values.ts';
import { keyCondition } from '../views/key-lookup.ts';
import type { ViewRow } from '../views/row-change.ts';
import type { SqlCondition } from '../views/snapshot.ts';
import { readRows } from '../views/snapshot.ts';
import type { ViewLayout } from '../views/view-layout.ts';
import { columnNames, tableName } from '../views/view-layout.ts';
import type { Value } from '../data/value.ts';
import { MillraceError } from '../errors.ts';
import type { Condition } from './filter/condition.ts';
import { readCondition, TRUE } from './filter/condition.ts';
import { conditionSql } from './filter/condition-sql.ts';
import type { Limits } from './limits.ts';
import { limitExceeded } from './limits.ts';
import type { ReadBatch } from './request.ts';
import type { ServedView } from './schema/served-view.ts';

export interface PageArgs {
  readonly where?: Readonly<Record<string, unknown>> | null;
  readonly order_by?: readonly Readonly<Record<string, string | null>>[] | null;
  readonly limit?: number | null;
  readonly offset?: number | null;
}

export function conditionOf(view: ServedView, where: PageArgs['where'], limits: Limits): Condition {
  if (where === undefined || where === null) return TRUE;
  return readCondition(where, { schema: view.layout.schema, columns: view.columns }, limits.maxConditions);
}

export function readPage(
  reads: ReadBatch,
  view: ServedView,
  args: PageArgs,
  limits: Limits,
): Promise<readonly ViewRow[]> {
  const limit = pageSize(args.limit, limits);
  const offset = args.offset ?? 0;
  if (offset < 0 || offset > limits.maxOffset)
    throw limitExceeded(
      `offset is 0 to ${limits.maxOffset}`,
      'page by the key instead: where: { key: { _gt: … } }',
    );
  const where = conditionSql(conditionOf(view, args.where, limits), view.layout.schema);
  const order = orderBy(view, args.order_by ?? []);
  return readVisible(reads, view.layout, where, `${order} LIMIT ${limit} OFFSET ${offset}`);
}

function pageSize(given: number | null | undefined, limits: Limits): number {
  const limit = given ?? limits.defaultPage;
  if (limit >= 0 && limit <= limits.maxPage) return limit;
  throw limitExceeded(`limit is 0 to ${limits.maxPage}`, 'read page after page, or subscribe');
}

/** What the client asked for, then the key, so that pages neither overlap nor skip. */
function orderBy(view: ServedView, wanted: NonNullable<PageArgs['order_by']>): string {
  const { layout } = view;
  const terms: string[] = [];
  for (const one of wanted) {
    const entries = Object.entries(one);
    if (entries.length !== 1 || entries[0]![1] === null) throw oneColumnEach();
    const [name, direction] = entries[0]!;
    terms.push(`${quoteIdent(layout.schema[view.columns.get(name)!]!.name)} ${direction}`);
  }
  if (layout.keyColumn !== null) terms.push(quoteIdent(layout.keyColumn));
  else terms.push(...layout.key.map((c) => quoteIdent(layout.schema[c]!.name)));
  return terms.length === 0 ? '' : `ORDER BY ${terms.join(', ')}`;
}

function oneColumnEach(): MillraceError {
  return new MillraceError({
    code: 'INVALID_ORDER',
    message: 'each entry of order_by names one column',
    hint: 'write order_by: [{ a: asc }, { b: desc }]',
  });
}

export async function readByKey(
  reads: ReadBatch,
  view: ServedView,
  key: readonly Value[],
): Promise<ViewRow | null> {
  const rows = await readVisible(reads, view.layout, keyCondition(view.layout, key), 'LIMIT 1');
  return rows[0] ?? null;
}

function readVisible(
  reads: ReadBatch,
  layout: ViewLayout,
  where: SqlCondition,
  rest: string,
): Promise<readonly ViewRow[]> {
  const visible = layout.schema.slice(0, layout.visible);
  const text = `SELECT ${columnNames(visible)} FROM ${tableName(layout)} WHERE ${where.text} ${rest}`;
  return reads.read((connection, room) => readRows(connection, visible, text, where.values, room));
}

export async function readCount(
  reads: ReadBatch,
  view: ServedView,
  args: Pick<PageArgs, 'where'>,
  limits: Limits,
): Promise<bigint> {
  const where = conditionSql(conditionOf(view, args.where, limits), view.layout.schema);
  const text = `SELECT count(*) AS count FROM ${tableName(view.layout)} WHERE ${where.text}`;
  const { rows } = await reads.read((connection) => connection.query<{ count: bigint }>(text, where.values));
  return rows[0]!.count;
}
