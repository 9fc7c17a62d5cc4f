// WATERMARK FOR column AS expression, bound to the row of its source.

import { typeName } from '../data/types.ts';
import type { RowSchema } from '../data/types.ts';
import type { SourceDef, TableDef } from '../catalog/definition.ts';
import { sourceRow } from '../catalog/definition.ts';
import { parseStatement } from '../sql/parse.ts';
import type { WatermarkDefinition } from '../sql/statement.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { bindExpression, typed } from './expression.ts';
import { invalidQuery, typeMismatch, unknownColumn } from './fail.ts';
import { tableScope } from './scope.ts';

export interface BoundWatermark {
  readonly column: number;
  readonly expr: BoundExpr;
}

/** The watermark of a source, from its text. */
export function bindWatermark(source: SourceDef): BoundWatermark | null {
  if (source.watermark === null) return null;
  const statement = parseStatement(source.text);
  if (statement.kind !== 'CreateSource' || statement.watermark === undefined) {
    throw new Error(`the text of source ${source.name} has no watermark`);
  }
  return bindWatermarkDefinition(statement.watermark, source.name, sourceRow(source));
}

/** Of the versions of a table. */
export function bindTableWatermark(table: TableDef): BoundWatermark | null {
  if (table.watermark === undefined) return null;
  const statement = parseStatement(table.text);
  if (statement.kind !== 'CreateTable' || statement.watermark === undefined)
    throw new Error(`the text of table ${table.name} has no watermark`);
  return bindWatermarkDefinition(statement.watermark, table.name, table.columns);
}

export function bindWatermarkDefinition(
  definition: WatermarkDefinition,
  source: string,
  row: RowSchema,
): BoundWatermark {
  const { column, expression } = definition;
  const index = row.findIndex((field) => field.name === column.name);
  if (index < 0) {
    const known = row.map((field) => field.name);
    throw unknownColumn(`"${column.name}"`, column.name, known, column.span);
  }
  const { type } = row[index]!;
  if (type.kind !== 'timestamp' && type.kind !== 'timestamptz') {
    throw typeMismatch(
      `a watermark is for a timestamp, column "${column.name}" is of type ${typeName(type)}`,
      column.span,
      'declare the column timestamp or timestamp with time zone',
    );
  }
  const columns = row.map((field) => ({ ...field, time: null }));
  const scope = tableScope(source, undefined, columns);
  const expr = typed(
    bindExpression(expression, {
      scope,
      aggregate: (call) => {
        throw invalidQuery('aggregates are not allowed in a watermark', call.span);
      },
    }),
  );
  if (expr.type.kind !== type.kind) {
    throw typeMismatch(
      `the watermark of "${column.name}" must be ${typeName(type)}, this is ${typeName(expr.type)}`,
      expression.span,
      `write it like ${column.name} - INTERVAL '5 seconds'`,
    );
  }
  return { column: index, expr };
}
