// numeric: arithmetic and rounding. Where both scales are known when the query is compiled, as in `0.908 * price`, sums and
// products are plain BigInt operations.

import {
  absoluteNumeric,
  addNumeric,
  ceilingNumeric,
  divideNumeric,
  floorNumeric,
  integerQuotient,
  MAX_SCALE,
  multiplyNumeric,
  negateNumeric,
  powerOfTen,
  remainderNumeric,
  roundNumeric,
  signNumeric,
  subtractNumeric,
  truncateNumeric,
} from '../../data/numeric.ts';
import type { Code, Slot } from '../kernel/code.ts';
import type { ScalarFunction } from './function.ts';
import { calls, mayFail, strict } from './function.ts';

/** Scales below this cannot make a sum or product of columns overflow the format. */
const SMALL_SCALE = MAX_SCALE / 2;

function staticScales(args: readonly Slot[]): readonly [number, number] | undefined {
  const [a, b] = args.map((arg) => arg.scale);
  if (a === undefined || b === undefined || a > SMALL_SCALE || b > SMALL_SCALE) return undefined;
  return [a, b];
}

type Binary = (au: bigint, as: number, bu: bigint, bs: number) => bigint;

function additive(op: '+' | '-', runtime: Binary): ScalarFunction {
  const scaled = (code: Code, part: string, by: number): string =>
    by === 0 ? part : `${part} * ${code.use(powerOfTen(by))}`;
  const template = (code: Code, [a, b]: readonly Slot[]): string => {
    const scales = staticScales([a!, b!]);
    if (scales === undefined) return `${code.use(runtime)}(${[...a!.parts, ...b!.parts].join(', ')})`;
    const scale = Math.max(...scales);
    return `${scaled(code, a!.parts[0]!, scale - scales[0])} ${op} ${scaled(code, b!.parts[0]!, scale - scales[1])}`;
  };
  return strict(`${op}(numeric,numeric) numeric`, true, template, {
    scale: (args) => (staticScales(args) === undefined ? undefined : Math.max(...staticScales(args)!)),
  });
}

const MULTIPLY = strict(
  '*(numeric,numeric) numeric',
  true,
  (code, [a, b]) =>
    staticScales([a!, b!]) === undefined
      ? `${code.use(multiplyNumeric)}(${[...a!.parts, ...b!.parts].join(', ')})`
      : `${a!.parts[0]!} * ${b!.parts[0]!}`,
  {
    scale: (args) => {
      const scales = staticScales(args);
      return scales === undefined ? undefined : scales[0] + scales[1];
    },
  },
);

function toInteger(name: 'round' | 'trunc', runtime: typeof roundNumeric): ScalarFunction {
  return strict(
    `${name}(numeric) numeric`,
    true,
    (code, [a]) => `${code.use(runtime)}(${a!.parts.join(', ')}, 0)`,
    { scale: ([a]) => (a!.scale === undefined ? undefined : 0) },
  );
}

const same = ([a]: readonly Slot[]): number | undefined => a!.scale;

export const NUMERICS: readonly ScalarFunction[] = [
  additive('+', addNumeric),
  additive('-', subtractNumeric),
  MULTIPLY,
  mayFail('/(numeric,numeric) numeric', divideNumeric),
  mayFail('%(numeric,numeric) numeric', remainderNumeric),
  mayFail('mod(numeric,numeric) numeric', remainderNumeric),
  mayFail('div(numeric,numeric) numeric', integerQuotient),
  calls('-(numeric) numeric', negateNumeric, { scale: same }),
  strict('+(numeric) numeric', false, (code, [a]) => `${code.use(identity)}(${a!.parts.join(', ')})`, {
    scale: same,
  }),
  calls('abs(numeric) numeric', absoluteNumeric, { scale: same }),
  calls('@(numeric) numeric', absoluteNumeric, { scale: same }),
  calls('sign(numeric) numeric', signNumeric),
  toInteger('round', roundNumeric),
  toInteger('trunc', truncateNumeric),
  mayFail('round(numeric,integer) numeric', roundNumeric),
  mayFail('trunc(numeric,integer) numeric', truncateNumeric),
  mayFail('floor(numeric) numeric', floorNumeric),
  mayFail('ceil(numeric) numeric', ceilingNumeric),
  mayFail('ceiling(numeric) numeric', ceilingNumeric),
];

function identity(u: bigint, s: number): bigint {
  return addNumeric(u, s, 0n, 0);
}
