// Window tables in FROM: TUMBLE, HOP, CUMULATE, SESSION over a relation, with constant sizes.

import { INTERVAL, typeName } from '../data/types.ts';
import { isIntervalValue } from '../data/value.ts';
import type { WindowShape } from '../data/window-shape.ts';
import { evaluateConstant } from '../expr/constant.ts';
import type { ColumnExpr } from '../expr/bound.ts';
import { columnsOf } from '../expr/properties.ts';
import { coerce } from '../expr/resolve/casts.ts';
import type { Expression, WindowTable } from '../sql/ast.ts';
import type { BoundColumn, BoundRelation, BoundWindows } from './bound.ts';
import type { QueryContext } from './context.ts';
import { bindExpression } from './expression.ts';
import { invalidQuery, typeMismatch, unsupported } from './fail.ts';
import type { Scope } from './scope.ts';
import { resolveColumn } from './scope.ts';
import { withoutWatermark } from './watermarked.ts';

/** A row is repeated in each of its windows; beyond this a slip of the pen would be an avalanche. */
const MAX_WINDOWS_OF_A_ROW = 10_000n;

export function bindWindows(
  item: WindowTable,
  input: BoundRelation,
  scope: Scope,
  context: QueryContext,
): BoundWindows {
  const time = resolveColumn(scope, item.timeColumn);
  requireTimestamp(item, time);
  const shape = windowShape(item, scope);
  const attribute = input.columns[time.index]!.time;
  const watermarked =
    attribute?.kind === 'event' || (attribute?.kind === 'window end' && attribute.watermarked);
  const window = `w${++context.counter.windows}`;
  const size = shape.kind === 'cumulate' || shape.kind === 'session' ? null : shape.size;
  const bound = (name: string, kind: 'window start' | 'window end'): BoundColumn => ({
    name,
    type: time.type,
    nullable: time.nullable,
    time: { kind, window, size, watermarked },
  });
  // Rows are emitted again when their session grows, so that of their times only the end of the window is still held by the watermark.
  const columns = [
    ...(shape.kind === 'session' ? withoutWatermark(input.columns) : input.columns),
    bound('window_start', 'window start'),
    bound('window_end', 'window end'),
  ];
  const alias = item.alias?.name.name ?? input.alias;
  return { kind: 'windows', input, timeColumn: time.index, shape, alias, columns };
}

function requireTimestamp(item: WindowTable, time: ColumnExpr): void {
  if (time.type.kind === 'timestamp' || time.type.kind === 'timestamptz') return;
  const name = item.window.kind.toUpperCase();
  throw typeMismatch(
    `${name} takes a timestamp, column "${time.name}" is of type ${typeName(time.type)}`,
    item.timeColumn.span,
    time.type.kind === 'date'
      ? `cast it in a subquery: FROM ${name}((SELECT …, day::timestamp AS t FROM …), t, …)`
      : undefined,
  );
}

function windowShape(item: WindowTable, scope: Scope): WindowShape {
  const { window } = item;
  switch (window.kind) {
    case 'tumble': {
      const size = positiveMicros(window.size, 'the size of a window', scope);
      return { kind: 'tumble', size, offset: offsetMicros(window.offset, scope) };
    }
    case 'hop': {
      const slide = positiveMicros(window.slide, 'the slide of a window', scope);
      const size = positiveMicros(window.size, 'the size of a window', scope);
      boundCopies((size + slide - 1n) / slide, window.slide);
      return { kind: 'hop', slide, size, offset: offsetMicros(window.offset, scope) };
    }
    case 'cumulate': {
      const step = positiveMicros(window.step, 'the step of a window', scope);
      const size = positiveMicros(window.size, 'the size of a window', scope);
      if (size % step !== 0n) {
        throw invalidQuery(
          'the size of a CUMULATE window must be a multiple of its step',
          window.size.span,
          "write it like CUMULATE(t, time, INTERVAL '1 hour', INTERVAL '1 day')",
        );
      }
      boundCopies(size / step, window.step);
      return { kind: 'cumulate', step, size, offset: offsetMicros(window.offset, scope) };
    }
    case 'session': {
      const gap = positiveMicros(window.gap, 'the gap of a session', scope);
      const partition = window.partitionBy.map((column) => resolveColumn(scope, column).index);
      return { kind: 'session', gap, partition: [...new Set(partition)] };
    }
  }
}

function boundCopies(windows: bigint, at: Expression): void {
  if (windows <= MAX_WINDOWS_OF_A_ROW) return;
  throw unsupported(
    `a row in ${windows} windows at once`,
    at.span,
    `a row is repeated in each of its windows, in at most ${MAX_WINDOWS_OF_A_ROW}: take larger steps`,
  );
}

function positiveMicros(expression: Expression, what: string, scope: Scope): bigint {
  const micros = constantMicros(expression, what, scope);
  if (micros > 0n) return micros;
  throw invalidQuery(`${what} must be positive`, expression.span, "write it like INTERVAL '10 seconds'");
}

function offsetMicros(expression: Expression | undefined, scope: Scope): bigint {
  return expression === undefined ? 0n : constantMicros(expression, 'the offset of a window', scope);
}

const DAY = 86_400_000_000n;

/** A constant interval without months, in microseconds: days are 24 hours long. */
function constantMicros(expression: Expression, what: string, scope: Scope): bigint {
  const operand = bindExpression(expression, {
    scope,
    aggregate: (call) => {
      throw invalidQuery(`aggregates are not allowed in ${what}`, call.span);
    },
  });
  if (operand.kind !== 'untyped' && columnsOf(operand).length > 0) {
    throw invalidQuery(`${what} must be constant`, expression.span, "write it like INTERVAL '10 seconds'");
  }
  const value = evaluateConstant(coerce(operand, INTERVAL));
  if (!isIntervalValue(value)) {
    throw invalidQuery(`${what} must not be NULL`, expression.span, "write it like INTERVAL '10 seconds'");
  }
  if (value.months !== 0) {
    throw unsupported(
      `${what} in months or years`,
      expression.span,
      'months differ in length: use days, or group by date_trunc',
    );
  }
  return BigInt(value.days) * DAY + value.micros;
}
