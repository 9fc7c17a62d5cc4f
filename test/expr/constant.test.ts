// Constant folding by PostgreSQL's rules, and the printed form of expressions.

import { expect, test } from 'vitest';
import { MillraceError } from '../../src/errors.ts';
import { BIGINT, BOOLEAN, INTEGER, NUMERIC, TEXT } from '../../src/data/types.ts';
import {
  bindCase,
  bindCast,
  bindCoalesce,
  bindFunction,
  bindInList,
  bindIsBoolean,
  bindIsNull,
  bindLogic,
  bindNot,
  bindNullIf,
  bindOperator,
} from '../../src/expr/bind.ts';
import type { BoundExpr } from '../../src/expr/bound.ts';
import { evaluateConstant, foldConstants } from '../../src/expr/constant.ts';
import { printExpr } from '../../src/expr/print.ts';
import { literal, untyped } from '../../src/expr/resolve/operand.ts';

const one = literal(1, INTEGER);
const zero = literal(0, INTEGER);
const failing = bindOperator('/', one, zero);
const column = { kind: 'column' as const, index: 0, name: 'price', type: BIGINT, nullable: true };
const flag = { kind: 'column' as const, index: 1, name: 'Odd name', type: BOOLEAN, nullable: true };
const yes = literal(true, BOOLEAN);
const no = literal(false, BOOLEAN);

function folded(expr: BoundExpr): string {
  return printExpr(foldConstants(expr));
}

test('what is constant is computed', () => {
  expect(folded(bindOperator('*', column, bindOperator('+', one, one)))).toBe("price * '2'::bigint");
  expect(folded(bindFunction('length', [untyped('äöü')]))).toBe('3');
  expect(evaluateConstant(bindOperator('/', literal({ unscaled: 1n, scale: 0 }, NUMERIC), one))).toEqual({
    unscaled: 100000000000000000000n,
    scale: 20,
  });
});

test('constants that fail are refused, unless nothing reaches them', () => {
  expect(() => foldConstants(bindOperator('+', column, failing))).toThrowError(MillraceError);
  expect(() => foldConstants(bindCase([{ when: flag, then: failing }], one))).toThrowError(
    'division by zero',
  );
  expect(folded(bindCase([{ when: no, then: failing }], one))).toBe('1');
  expect(folded(bindCase([{ when: yes, then: one }], failing))).toBe('1');
  expect(folded(bindLogic('and', [no, bindOperator('=', failing, one)]))).toBe('FALSE');
  expect(folded(bindCoalesce([one, failing]))).toBe('1');
});

test('logic keeps what is open', () => {
  expect(folded(bindLogic('and', [flag, yes]))).toBe('"Odd name"');
  expect(folded(bindLogic('or', [flag, yes]))).toBe('TRUE');
  expect(folded(bindLogic('and', [untyped(null), flag]))).toBe('"Odd name" AND NULL::boolean');
  expect(folded(bindNot(bindLogic('or', [no, no])))).toBe('TRUE');
});

test('expressions print as SQL', () => {
  const product = bindOperator('*', literal({ unscaled: 908n, scale: 3 }, NUMERIC), column);
  expect(printExpr(product)).toBe('0.908 * CAST(price AS numeric)');
  expect(printExpr(bindOperator('*', bindOperator('+', column, column), column))).toBe(
    '(price + price) * price',
  );
  const ten = literal(10n, BIGINT);
  expect(printExpr(bindInList(column, [ten, ten], true))).toBe(
    "NOT ((price = '10'::bigint) OR (price = '10'::bigint))",
  );
  expect(printExpr(bindIsBoolean(flag, 'true', true))).toBe('"Odd name" IS NOT TRUE');
  expect(printExpr(bindIsNull(bindCast(column, TEXT), true))).toBe('CAST(price AS text) IS NOT NULL');
  expect(printExpr(bindOperator('~~', bindCast(column, TEXT), untyped("it's%")))).toBe(
    "CAST(price AS text) LIKE 'it''s%'",
  );
  expect(printExpr(bindNullIf(column, column))).toBe(
    'CASE WHEN price = price THEN NULL::bigint ELSE price END',
  );
});

test('a literal that cannot be read is an error at its place', () => {
  const bad = untyped('12x', { offset: 5, end: 10 });
  expect(() => bindOperator('+', column, bad)).toThrowError(
    expect.objectContaining({ code: 'INVALID_LITERAL', span: { offset: 5, end: 10 } }),
  );
});
