// smallint, integer, bigint: arithmetic. Operators over two integer types are bound over the wider one.

import {
  absolute64,
  add64,
  divide16,
  divide32,
  divide64,
  gcd32,
  gcd64,
  int16,
  int32,
  lcm32,
  lcm64,
} from '../runtime/integers.ts';
import {
  multiply32,
  multiply64,
  negate64,
  remainder32,
  remainder64,
  subtract64,
} from '../runtime/integers.ts';
import type { Code, Slot } from '../kernel/code.ts';
import type { ScalarFunction } from './function.ts';
import { inline, mayFail, strict } from './function.ts';

type Checked = (value: number) => number;

/** An expression in doubles, exact, then held against the range of the type. */
function checked(
  signature: string,
  check: Checked,
  template: (a: string, b: string) => string,
): ScalarFunction {
  const code = (c: Code, args: readonly Slot[]): string =>
    `${c.use(check)}(${template(args[0]!.parts[0]!, args[1]?.parts[0] ?? '')})`;
  return strict(signature, true, code);
}

function narrow(
  type: 'smallint' | 'integer',
  check: Checked,
  divide: (a: number, b: number) => number,
): ScalarFunction[] {
  return [
    checked(`+(${type},${type}) ${type}`, check, (a, b) => `${a} + ${b}`),
    checked(`-(${type},${type}) ${type}`, check, (a, b) => `${a} - ${b}`),
    checked(`-(${type}) ${type}`, check, (a) => `0 - ${a}`),
    ...['abs', '@'].map((name) => checked(`${name}(${type}) ${type}`, check, (a) => `Math.abs(${a})`)),
    inline(`+(${type}) ${type}`, (a) => a),
    mayFail(`/(${type},${type}) ${type}`, divide),
    mayFail(`%(${type},${type}) ${type}`, remainder32),
    mayFail(`mod(${type},${type}) ${type}`, remainder32),
  ];
}

export const INTEGERS: readonly ScalarFunction[] = [
  ...narrow('smallint', int16, divide16),
  checked('*(smallint,smallint) smallint', int16, (a, b) => `${a} * ${b} + 0`),
  ...narrow('integer', int32, divide32),
  mayFail('*(integer,integer) integer', multiply32),
  mayFail('gcd(integer,integer) integer', gcd32),
  mayFail('lcm(integer,integer) integer', lcm32),
  mayFail('+(bigint,bigint) bigint', add64),
  mayFail('-(bigint,bigint) bigint', subtract64),
  mayFail('*(bigint,bigint) bigint', multiply64),
  mayFail('/(bigint,bigint) bigint', divide64),
  mayFail('%(bigint,bigint) bigint', remainder64),
  mayFail('mod(bigint,bigint) bigint', remainder64),
  mayFail('-(bigint) bigint', negate64),
  inline('+(bigint) bigint', (a) => a),
  mayFail('abs(bigint) bigint', absolute64),
  mayFail('@(bigint) bigint', absolute64),
  mayFail('gcd(bigint,bigint) bigint', gcd64),
  mayFail('lcm(bigint,bigint) bigint', lcm64),
];
