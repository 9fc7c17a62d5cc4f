// Queries and FROM items as PostgreSQL text.

import type {
  CommonTable,
  FromItem,
  GroupItem,
  Join,
  Query,
  QueryBody,
  Select,
  TableAlias,
  Target,
} from '../ast.ts';
import { windowText } from './expression.ts';
import { nameList, objectName, quoteName } from './names.ts';
import { expressionList, orderList, words, type Writer } from './writer.ts';

export function queryText(w: Writer, q: Query): string {
  const limit = q.limit === undefined ? '' : w.expression(q.limit);
  return words(
    q.with === undefined
      ? ''
      : `WITH ${q.with.recursive ? 'RECURSIVE ' : ''}${commonTables(w, q.with.tables)}`,
    bodyText(w, q.body),
    q.orderBy.length === 0 ? '' : `ORDER BY ${orderList(w, q.orderBy)}`,
    q.offset === undefined ? '' : `OFFSET ${w.expression(q.offset)}`,
    limit === '' ? '' : q.withTies ? `FETCH FIRST (${limit}) ROWS WITH TIES` : `LIMIT ${limit}`,
  );
}

function commonTables(w: Writer, tables: readonly CommonTable[]): string {
  const materialized = { default: '', always: 'MATERIALIZED ', never: 'NOT MATERIALIZED ' } as const;
  return tables
    .map(
      (table) =>
        `${quoteName(table.name.name)}${nameList(table.columns)} AS ${materialized[table.materialized]}(${w.query(table.query)})`,
    )
    .join(', ');
}

function bodyText(w: Writer, body: QueryBody): string {
  switch (body.kind) {
    case 'Select':
      return selectText(w, body);
    case 'Values':
      return `VALUES ${body.rows.map((row) => `(${expressionList(w, row)})`).join(', ')}`;
    case 'SetOperation': {
      const operator = body.operator.toUpperCase() + (body.all ? ' ALL' : '');
      return `(${w.query(body.left)}) ${operator} (${w.query(body.right)})`;
    }
  }
}

function selectText(w: Writer, s: Select): string {
  const windows = s.windows.map(
    (window) => `${quoteName(window.name.name)} AS ${windowText(w, window.specification)}`,
  );
  const groups = s.groupBy.map((item) => groupText(w, item)).join(', ');
  return words(
    'SELECT',
    distinctText(w, s),
    s.targets.map((target) => targetText(w, target)).join(', '),
    s.from.length === 0 ? '' : `FROM ${s.from.map((item) => fromText(w, item)).join(', ')}`,
    s.where === undefined ? '' : `WHERE ${w.expression(s.where)}`,
    groups === '' ? '' : `GROUP BY ${s.groupDistinct ? 'DISTINCT ' : ''}${groups}`,
    s.having === undefined ? '' : `HAVING ${w.expression(s.having)}`,
    windows.length === 0 ? '' : `WINDOW ${windows.join(', ')}`,
  );
}

function distinctText(w: Writer, s: Select): string {
  if (s.distinct.kind === 'all') return '';
  return s.distinct.kind === 'distinct'
    ? 'DISTINCT'
    : `DISTINCT ON (${expressionList(w, s.distinct.expressions)})`;
}

export function targetText(w: Writer, target: Target): string {
  const alias = target.alias === undefined ? '' : ` AS ${quoteName(target.alias.name)}`;
  return w.expression(target.expression) + alias;
}

export function groupText(w: Writer, item: GroupItem): string {
  if (item.kind !== 'GroupingSet') return w.expression(item);
  const members = item.items.map((member) => groupText(w, member)).join(', ');
  const forms = { empty: '', rollup: 'ROLLUP ', cube: 'CUBE ', sets: 'GROUPING SETS ' } as const;
  return `${forms[item.form]}(${members})`;
}

export function aliasText(alias: TableAlias | undefined): string {
  return alias === undefined ? '' : ` AS ${quoteName(alias.name.name)}${nameList(alias.columns)}`;
}

function fromText(w: Writer, item: FromItem): string {
  switch (item.kind) {
    case 'TableReference': {
      const asOf = item.asOf === undefined ? '' : ` ${w.streaming.asOf(item, w)}`;
      return objectName(item.name) + asOf + aliasText(item.alias);
    }
    case 'Join':
      return joinText(w, item);
    case 'SubqueryTable':
      return `${item.lateral ? 'LATERAL ' : ''}(${w.query(item.query)})${aliasText(item.alias)}`;
    case 'FunctionTable': {
      const calls = item.calls.map((call) => w.expression(call)).join(', ');
      const source = item.rowsFrom ? `ROWS FROM (${calls})` : calls;
      const ordinality = item.ordinality ? ' WITH ORDINALITY' : '';
      return `${item.lateral ? 'LATERAL ' : ''}${source}${ordinality}${aliasText(item.alias)}`;
    }
    case 'WindowTable':
      return w.streaming.windowTable(item, w);
  }
}

function joinText(w: Writer, join: Join): string {
  const natural = join.condition?.kind === 'natural' ? 'NATURAL' : '';
  const type = {
    inner: 'JOIN',
    left: 'LEFT JOIN',
    right: 'RIGHT JOIN',
    full: 'FULL JOIN',
    cross: 'CROSS JOIN',
  } as const;
  const word = words(natural, join.asOf ? w.streaming.asOfJoin(join) : '', type[join.type]);
  const text = words(joinSide(w, join.left), word, joinSide(w, join.right), conditionText(w, join));
  return join.alias === undefined ? text : `(${text})${aliasText(join.alias)}`;
}

function joinSide(w: Writer, item: FromItem): string {
  const text = fromText(w, item);
  return item.kind === 'Join' && item.alias === undefined ? `(${text})` : text;
}

function conditionText(w: Writer, join: Join): string {
  const { condition } = join;
  if (condition === undefined || condition.kind === 'natural') return '';
  if (condition.kind === 'on') return `ON ${w.expression(condition.expression)}`;
  const alias = condition.alias === undefined ? '' : ` AS ${quoteName(condition.alias.name)}`;
  return `USING ${nameList(condition.columns)}${alias}`;
}
