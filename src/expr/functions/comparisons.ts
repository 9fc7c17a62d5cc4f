// = <> < <= > >=, IS [NOT] DISTINCT FROM, greatest and least, for every type and for the pairs of types that PostgreSQL
// compares without a cast.

import { compareDateWithTimestamp } from '../../data/time.ts';
import { compareInterval } from '../../data/interval.ts';
import { compareNumeric } from '../../data/numeric.ts';
import { compareBytes, equalBytes } from '../../data/bytes.ts';
import type { TypeKind } from '../../data/types.ts';
import { anyNull, bool, NEVER_NULL } from '../kernel/code.ts';
import type { Code, Slot } from '../kernel/code.ts';
import { compareTrees, equalTrees } from '../runtime/cells.ts';
import { equalDouble } from '../runtime/doubles.ts';
import type { ScalarFunction } from './function.ts';
import { special, strict } from './function.ts';

type Order = '<' | '<=' | '>' | '>=';

/** How two types are compared: JavaScript conditions over slots. */
interface Comparison {
  readonly left: TypeKind;
  readonly right: TypeKind;
  readonly equal: (code: Code, a: Slot, b: Slot) => string;
  readonly ordered: (code: Code, op: Order, a: Slot, b: Slot) => string;
}

function byOperator(left: TypeKind, right: TypeKind = left): Comparison {
  return {
    left,
    right,
    equal: (_code, a, b) => `${a.parts[0]!} === ${b.parts[0]!}`,
    ordered: (_code, op, a, b) => `${a.parts[0]!} ${op} ${b.parts[0]!}`,
  };
}

type Compare = (...args: never[]) => number;
type Equal = (...args: never[]) => boolean;

/** By a runtime function that answers below, at or above zero. */
function byCall(left: TypeKind, right: TypeKind, compare: Compare, equal?: Equal): Comparison {
  const call = (code: Code, fn: Compare | Equal, a: Slot, b: Slot): string =>
    `${code.use(fn)}(${[...a.parts, ...b.parts].join(', ')})`;
  return {
    left,
    right,
    equal: (code, a, b) =>
      equal === undefined ? `${call(code, compare, a, b)} === 0` : call(code, equal, a, b),
    ordered: (code, op, a, b) => `${call(code, compare, a, b)} ${op} 0`,
  };
}

const DOUBLE_COMPARISON: Comparison = {
  left: 'double',
  right: 'double',
  equal: (code, a, b) => `${code.use(equalDouble)}(${a.parts[0]!}, ${b.parts[0]!})`,
  ordered: (_code, op, a, b) => {
    const [small, great] = op.startsWith('<') ? [a.parts[0]!, b.parts[0]!] : [b.parts[0]!, a.parts[0]!];
    if (op.length === 2) return `(${small} <= ${great} || ${great} !== ${great})`;
    return `(${small} < ${great} || (${great} !== ${great} && ${small} === ${small}))`;
  },
};

const NUMERIC_CALLS = byCall('numeric', 'numeric', compareNumeric);

/** Over one static scale it is the unscaled values that are compared. */
const NUMERIC_COMPARISON: Comparison = {
  left: 'numeric',
  right: 'numeric',
  equal: (code, a, b) =>
    a.scale !== undefined && a.scale === b.scale
      ? `${a.parts[0]!} === ${b.parts[0]!}`
      : NUMERIC_CALLS.equal(code, a, b),
  ordered: (code, op, a, b) =>
    a.scale !== undefined && a.scale === b.scale
      ? `${a.parts[0]!} ${op} ${b.parts[0]!}`
      : NUMERIC_CALLS.ordered(code, op, a, b),
};

/** The arguments of a comparison the other way round. */
function swapped(c: Comparison): Comparison {
  const turn: Readonly<Record<Order, Order>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
  return {
    left: c.right,
    right: c.left,
    equal: (code, a, b) => c.equal(code, b, a),
    ordered: (code, op, a, b) => c.ordered(code, turn[op], b, a),
  };
}

const DATE_TIMESTAMP = byCall('date', 'timestamp', compareDateWithTimestamp);
const DATE_TIMESTAMPTZ = byCall('date', 'timestamptz', compareDateWithTimestamp);

const SAME: readonly Comparison[] = [
  byOperator('boolean'),
  byOperator('smallint'),
  byOperator('integer'),
  byOperator('bigint'),
  byOperator('date'),
  byOperator('timestamp'),
  byOperator('timestamptz'),
  byOperator('time'),
  DOUBLE_COMPARISON,
  { ...DOUBLE_COMPARISON, left: 'real', right: 'real' },
  NUMERIC_COMPARISON,
  ...(['text', 'varchar', 'bytea', 'uuid'] as const).map((kind) =>
    byCall(kind, kind, compareBytes, equalBytes),
  ),
  ...(['jsonb', 'array', 'row'] as const).map((kind) => byCall(kind, kind, compareTrees, equalTrees)),
  byCall('interval', 'interval', compareInterval),
];

const CROSSED: readonly Comparison[] = [
  byOperator('timestamp', 'timestamptz'),
  byOperator('timestamptz', 'timestamp'),
  DATE_TIMESTAMP,
  DATE_TIMESTAMPTZ,
  swapped(DATE_TIMESTAMP),
  swapped(DATE_TIMESTAMPTZ),
];

function operators(c: Comparison): ScalarFunction[] {
  const pair = `(${c.left},${c.right}) boolean`;
  const ordered = (op: Order): ScalarFunction =>
    strict(`${op}${pair}`, false, (code, [a, b]) => c.ordered(code, op, a!, b!));
  return [
    strict(`=${pair}`, false, (code, [a, b]) => c.equal(code, a!, b!)),
    strict(`<>${pair}`, false, (code, [a, b]) => `!(${c.equal(code, a!, b!)})`),
    ordered('<'),
    ordered('<='),
    ordered('>'),
    ordered('>='),
    distinct(c, false),
    distinct(c, true),
  ];
}

function distinct(c: Comparison, negated: boolean): ScalarFunction {
  const emit = (code: Code, [a, b]: readonly Slot[]): Slot => {
    const equal = c.equal(code, a!, b!);
    const either = anyNull([a!, b!]);
    const same =
      either === NEVER_NULL ? `(${equal})` : `(${either} ? ${a!.isNull} && ${b!.isNull} : ${equal})`;
    return bool(negated ? same : `!${same}`);
  };
  return special(`is ${negated ? 'not ' : ''}distinct from(${c.left},${c.right}) boolean`, 'never', emit);
}

/** The greatest or least argument that is not NULL. */
function extreme(name: 'greatest' | 'least', c: Comparison): ScalarFunction {
  const emit = (code: Code, args: readonly Slot[]): Slot => {
    const nullable = args.every((arg) => arg.isNull !== NEVER_NULL);
    const best = code.variable(args[0]!.layout, nullable);
    const [first, ...rest] = [...args].sort(
      (a, b) => Number(a.isNull !== NEVER_NULL) - Number(b.isNull !== NEVER_NULL),
    );
    code.assign(best, first!);
    for (const next of rest) {
      const better = c.ordered(code, name === 'greatest' ? '>' : '<', next, best);
      const replace = best.isNull === NEVER_NULL ? better : `(${best.isNull} || ${better})`;
      const condition = next.isNull === NEVER_NULL ? replace : `!${next.isNull} && ${replace}`;
      code.block(`if (${condition})`, () => code.assign(best, next));
    }
    return best;
  };
  return special(`${name}(${c.left}) ${c.left}`, 'all', emit, { variadic: true });
}

/** Of text by its bytes, which here is the order of `<` too. */
const BY_BYTES: readonly ScalarFunction[] = (['<', '<=', '>', '>='] as const).map((op) =>
  strict(`~${op}~(text,text) boolean`, false, (code, [a, b]) =>
    byCall('text', 'text', compareBytes).ordered(code, op, a!, b!),
  ),
);

export const COMPARISONS: readonly ScalarFunction[] = [
  ...BY_BYTES,
  ...SAME.flatMap(operators),
  ...CROSSED.flatMap(operators),
  ...SAME.flatMap((c) => [extreme('greatest', c), extreme('least', c)]),
];
