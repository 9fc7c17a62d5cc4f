// Seeded random expressions over typed columns, built through the same functions as the binder's.

import { MillraceError } from '../../src/errors.ts';
import type { ScalarKind, SqlType, TypeKind } from '../../src/data/types.ts';
import { parseValue } from '../../src/data/text-forms.ts';
import {
  bindCase,
  bindCast,
  bindCoalesce,
  bindGreatest,
  bindIsDistinct,
  bindIsNull,
  bindLogic,
  bindNot,
  bindNullIf,
} from '../../src/expr/bind.ts';
import type { BoundExpr, ColumnExpr } from '../../src/expr/bound.ts';
import { findCast } from '../../src/expr/functions/casts.ts';
import type { ScalarFunction } from '../../src/expr/functions/function.ts';
import { functionKey } from '../../src/expr/functions/function.ts';
import { allFunctions } from '../../src/expr/functions/table.ts';
import { literal } from '../../src/expr/resolve/operand.ts';
import { EDGE_VALUES } from './edge-values.ts';

/** mulberry32 */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const KINDS = Object.keys(EDGE_VALUES) as ScalarKind[];

/** Not in Postgres, bound in a way of their own, or slow there. */
const LEFT_OUT = new Set([
  'tumble_start',
  'call_script',
  'series_length',
  'single_row',
  'json_keys',
  'date_add',
  'date_subtract',
  'series_item',
  'to_char',
  'timezone',
  'repeat',
  'extract',
  'date_part',
  'date_trunc',
  'like_escape',
  ...'~ !~ ~* !~* regexp_like regexp_count regexp_substr regexp_replace substring similar_to_escape'.split(
    ' ',
  ),
  ...'jsonb_path_exists jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz jsonb_path_query_array jsonb_path_query_array_tz'.split(
    ' ',
  ),
  ...'jsonb_path_query_first jsonb_path_query_first_tz @? @@'.split(' '),
  ...'convert_from convert_to lpad rpad factorial decode exp ln log log10 power pow ^ cbrt ||/ sin cos tan cot asin acos atan atan2'.split(
    ' ',
  ),
  ...'sinh cosh tanh asinh acosh atanh degrees radians num_nulls num_nonnulls overlaps sind cosd tand cotd asind acosd atand atan2d normalize erf erfc gamma lgamma'.split(
    ' ',
  ),
]);

/** Arrays and rows have tests of their own. */
function isScalar(kind: TypeKind): kind is ScalarKind {
  return kind !== 'array' && kind !== 'row';
}

const BY_RESULT: ReadonlyMap<ScalarKind, readonly ScalarFunction[]> = new Map(
  KINDS.map((kind) => [
    kind,
    allFunctions().filter(
      (fn) =>
        fn.kind === 'strict' &&
        fn.result === kind &&
        !LEFT_OUT.has(fn.name) &&
        fn.params.length > 0 &&
        fn.params.every(isScalar),
    ),
  ]),
);

const UNITS = ['year', 'month', 'day', 'hour', 'minute', 'second', 'week', 'quarter', 'epoch', 'dow'];

export class ExpressionSource {
  readonly #random: () => number;
  readonly #columns: readonly ColumnExpr[];

  constructor(random: () => number, columns: readonly ColumnExpr[]) {
    this.#random = random;
    this.#columns = columns;
  }

  kind(): ScalarKind {
    return this.#pick(KINDS);
  }

  #pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)]!;
  }

  /** An expression of the type. Constants stand beside columns only: Postgres computes what is constant before any row. */
  expr(kind: ScalarKind, depth: number): BoundExpr {
    if (depth <= 0 || this.#random() < 0.1) return this.#column(kind);
    const roll = this.#random();
    if (roll < 0.08) return this.#case(kind, depth);
    if (roll < 0.14) return bindCoalesce([this.expr(kind, depth - 1), this.expr(kind, depth - 1)]);
    if (roll < 0.18) return bindNullIf(this.expr(kind, depth - 1), this.expr(kind, depth - 1));
    if (roll < 0.22) return bindGreatest(this.#pick(['greatest', 'least']), this.#several(kind, depth));
    if (roll < 0.34) return this.#cast(kind, depth);
    if (kind === 'boolean' && roll < 0.6) return this.#condition(depth);
    return this.#call(kind, depth);
  }

  #column(kind: ScalarKind): BoundExpr {
    return this.#pick(this.#columns.filter((column) => column.type.kind === kind));
  }

  #several(kind: ScalarKind, depth: number): BoundExpr[] {
    return [this.expr(kind, depth - 1), this.expr(kind, depth - 1), this.#column(kind)];
  }

  #case(kind: ScalarKind, depth: number): BoundExpr {
    const arm = () => ({ when: this.expr('boolean', depth - 1), then: this.expr(kind, depth - 1) });
    return bindCase([arm(), arm()], this.#random() < 0.3 ? null : this.#column(kind));
  }

  #condition(depth: number): BoundExpr {
    const parts = () => [
      this.expr('boolean', depth - 1),
      this.expr('boolean', depth - 1),
      this.#column('boolean'),
    ];
    const roll = this.#random();
    if (roll < 0.3) return bindLogic('and', parts());
    if (roll < 0.6) return bindLogic('or', parts());
    if (roll < 0.7) return bindNot(this.expr('boolean', depth - 1));
    const kind = this.kind();
    if (roll < 0.85) return bindIsNull(this.expr(kind, depth - 1), this.#random() < 0.5);
    return bindIsDistinct(this.expr(kind, depth - 1), this.#column(kind), this.#random() < 0.5);
  }

  #cast(kind: ScalarKind, depth: number): BoundExpr {
    const sources = KINDS.filter((from) => findCast(from, kind) !== undefined);
    const type: SqlType =
      kind === 'numeric' && this.#random() < 0.3 ? { kind, precision: 12, scale: 2 } : ({ kind } as SqlType);
    return bindCast(this.expr(this.#pick(sources), depth - 1), type);
  }

  #call(kind: ScalarKind, depth: number): BoundExpr {
    if (kind === 'numeric' && this.#random() < 0.2) return this.#field(depth);
    const functions = BY_RESULT.get(kind)!;
    if (functions.length === 0) return this.#column(kind);
    const fn = this.#pick(functions);
    const constant = fn.params.length > 1 && this.#random() < 0.4 ? fn.params.length - 1 : -1;
    const args = fn.params
      .filter(isScalar)
      .map((param, i) => (i === constant ? this.#literal(param) : this.expr(param, depth - 1)));
    return {
      kind: 'call',
      fn: functionKey(fn.name, fn.params),
      args,
      type: { kind } as SqlType,
      nullable: true,
    };
  }

  #field(depth: number): BoundExpr {
    const from = this.#pick(['timestamp', 'timestamptz', 'interval'] as const);
    const args = [
      literal(this.#pick(UNITS.slice(0, from === 'interval' ? 9 : 10)), { kind: 'text' }),
      this.expr(from, depth - 1),
    ];
    return {
      kind: 'call',
      fn: functionKey('extract', ['text', from]),
      args,
      type: { kind: 'numeric' },
      nullable: true,
    };
  }

  #literal(kind: ScalarKind): BoundExpr {
    const text = this.#pick(EDGE_VALUES[kind].filter((value) => value !== null));
    return literal(parseValue(text, { kind } as SqlType), { kind } as SqlType);
  }
}

/** Some combinations are refused when bound (letter case of constants); they are drawn again. */
export function drawExpression(source: ExpressionSource, depth: number): BoundExpr {
  for (;;) {
    try {
      return source.expr(source.kind(), depth);
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
    }
  }
}
