// A column that goes through unchanged: its arrays are copied row by row, without taking the value apart.

import { NUMERIC_WIDE } from '../../data/column.ts';
import { layoutOf } from '../../data/types.ts';
import type { ColumnExpr } from '../bound.ts';
import type { InputColumns } from './columns.ts';
import type { OutputColumn } from './store.ts';
import type { CodeWriter } from './writer.ts';

export function passColumn(
  writer: CodeWriter,
  columns: InputColumns,
  output: OutputColumn,
  expr: ColumnExpr,
  index: number,
): void {
  const c = columns.use(expr.index);
  const r = `r${index}`;
  output.storeNull(writer, columns.nullable(expr.index) ? `${c}n !== null && ${c}n[i] === 1` : 'false');
  switch (layoutOf(expr.type)) {
    case 'numeric':
      writer.line(`${r}[o] = ${c}[i]; ${r}s[o] = ${c}s[i];`);
      writer.block(`if (${c}s[i] >= ${NUMERIC_WIDE})`, () => {
        writer.line(`output[${index}].wide ??= [];`);
        writer.line(`output[${index}].wide[o] = ${c}w[i];`);
      });
      return;
    case 'text':
      writer.line(`${r}s[o] = ${c}s[i]; ${r}e[o] = ${c}e[i];`);
      output.epilogue.push(`output[${index}].bytes = ${c}b;`);
      return;
    case 'interval':
      writer.line(`${r}m[o] = ${c}m[i]; ${r}d[o] = ${c}d[i]; ${r}[o] = ${c}[i];`);
      return;
    default:
      writer.line(`${r}[o] = ${c}[i];`);
  }
}
