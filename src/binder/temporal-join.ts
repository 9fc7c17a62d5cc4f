// `a JOIN t FOR SYSTEM_TIME AS OF a.ts ON t.id = a.id`: each row with the version of a table's row that was there at its time. The versions
// are what the table's records made of its rows, so this is the nearest of them, by key and time.

import type { TableDef } from '../catalog/definition.ts';
import { displayName } from '../catalog/definition.ts';
import { typeName } from '../data/types.ts';
import { equalityOf } from '../expr/equality.ts';
import type { BoundExpr } from '../expr/bound.ts';
import type { Expression, Join, TableReference } from '../sql/ast.ts';
import type { BoundColumn, BoundRelation, BoundVersions, JoinType, Nearest } from './bound.ts';
import type { QueryContext } from './context.ts';
import type { ExpressionContext } from './expression.ts';
import { bindExpression, typed } from './expression.ts';
import { groupingError, invalidQuery, typeMismatch, unsupported } from './fail.ts';
import type { JoinContext } from './join-sides.ts';
import { bindJoin } from './join.ts';
import { nearestColumns } from './joined-columns.ts';
import { userFunctions } from './user-function.ts';
import { bindTableWatermark } from './watermark.ts';

export const TEMPORAL_HINT =
  'it belongs to a table on the right of a join: FROM a JOIN t FOR SYSTEM_TIME AS OF a.ts ON t.id = a.id';

export interface TemporalJoin extends Join {
  readonly right: TableReference & { readonly asOf: Expression };
}

export function isTemporal(item: Join): item is TemporalJoin {
  return item.right.kind === 'TableReference' && item.right.asOf !== undefined;
}

export function bindTemporalJoin(
  item: TemporalJoin,
  left: BoundRelation,
  around: JoinContext,
): BoundRelation {
  const { asOf } = item.right;
  if (item.asOf || (item.type !== 'inner' && item.type !== 'left'))
    throw unsupported('FOR SYSTEM_TIME AS OF in this join', asOf.span, 'JOIN and LEFT JOIN are there');
  const { context, scopeOf } = around;
  const right = bindVersions(item.right, asOf, context);
  const join = bindJoin(item, left, { relation: right, lateral: false }, around);
  if (join.kind !== 'join') throw new Error('a join is a join');
  requireKey(join.condition, left.columns.length, right.table, item);
  const time = bindTime(asOf, right, { scope: scopeOf(left), functions: userFunctions(context) });
  const { column } = right.watermark;
  const nearest: Nearest = {
    left: time,
    right: columnExpr(right.columns, column),
    before: true,
    inclusive: true,
  };
  const type: JoinType = item.type;
  const merged = join.columns.slice(left.columns.length + right.columns.length);
  return {
    ...join,
    nearest,
    columns: [...nearestColumns(type, left.columns, right.columns, nearest), ...merged],
  };
}

function bindVersions(item: TableReference, asOf: Expression, context: QueryContext): BoundVersions {
  const { name, schema } = item.name;
  const found =
    context.commonTables.has(name.name) && schema === undefined
      ? undefined
      : context.catalog.find({ schema: schema?.name, name: name.name });
  const watermark = found?.kind === 'table' ? bindTableWatermark(found) : null;
  if (found?.kind !== 'table' || watermark === null)
    throw unsupported(
      `FOR SYSTEM_TIME AS OF of ${found?.kind === 'table' ? 'a table without a time' : 'what is no TABLE'}`,
      asOf.span,
      found?.kind === 'table'
        ? 'declare it: INCLUDE TIMESTAMP AS at, and WATERMARK FOR at AS at among the columns'
        : 'of a stream of versions with times of their own: ASOF JOIN v ON v.id = a.id AND v.ts <= a.ts',
    );
  context.reads.add(found.id);
  const names = item.alias?.columns ?? [];
  const columns = found.columns.map((column, i): BoundColumn => ({
    ...column,
    name: names[i]?.name ?? column.name,
    nullable: !found.key.includes(i),
    time: i === watermark.column ? { kind: 'event' } : null,
  }));
  return { kind: 'versions', table: found, alias: item.alias?.name.name ?? name.name, columns, watermark };
}

/** Versions are of a key, all of it and nothing else. */
function requireKey(condition: BoundExpr | null, width: number, table: TableDef, item: Join): void {
  const parts = condition === null ? [] : condition.kind === 'and' ? condition.args : [condition];
  const compared = parts.map((part) => {
    const equality = equalityOf(part, width);
    const right = equality?.nullSafe === false ? equality.right : undefined;
    return right?.kind === 'column' && table.key.includes(right.index) ? right.index : -1;
  });
  const [first] = parts.filter((_, i) => compared[i]! < 0);
  if (
    first === undefined &&
    new Set(compared).size === table.key.length &&
    compared.length === table.key.length
  )
    return;
  const key = table.key.map((column) => table.columns[column]!.name).join(', ');
  throw invalidQuery(
    `a join FOR SYSTEM_TIME AS OF compares the primary key (${key}) of ${displayName(table)}, and nothing else`,
    first?.span ?? item.right.span,
    'other conditions belong into WHERE',
  );
}

function bindTime(
  asOf: Expression,
  right: BoundVersions,
  within: Pick<ExpressionContext, 'scope' | 'functions'>,
): BoundExpr {
  const time = typed(
    bindExpression(asOf, {
      ...within,
      aggregate: (call) => {
        throw groupingError('aggregate functions are not allowed in FOR SYSTEM_TIME AS OF', call.span);
      },
    }),
  );
  const { type } = right.columns[right.watermark.column]!;
  if (time.type.kind === type.kind) return time;
  throw typeMismatch(
    `FOR SYSTEM_TIME AS OF takes a ${typeName(type)}, this is ${typeName(time.type)}`,
    asOf.span,
    'take the event time of the left side',
  );
}

function columnExpr(columns: readonly BoundColumn[], index: number): BoundExpr {
  const { name, type, nullable } = columns[index]!;
  return { kind: 'column', index, name, type, nullable };
}
