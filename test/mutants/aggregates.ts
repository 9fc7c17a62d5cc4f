// Mistakes in aggregates, each kind, over input that grows and input that changes.

import type { Mutant } from './mutants.ts';

const AGGREGATE = 'operators/aggregate/aggregate.ts';
const CALL_CODE = 'operators/aggregate/call-code.ts';
const CALL_RESULT = 'operators/aggregate/call-result.ts';
const CHANGING_SUM = 'operators/aggregate/changing-sum-code.ts';
const MULTISET = 'operators/aggregate/multiset.ts';

export const AGGREGATES: readonly Mutant[] = [
  {
    name: 'an aggregate does not see its first result change',
    file: 'operators/aggregate/group-rows.ts',
    from: 'for (let c = this.node.keys.length; c < columns.length; c++)',
    to: 'for (let c = this.node.keys.length + 1; c < columns.length; c++)',
  },
  {
    name: 'a group does not take its former row back',
    file: 'operators/aggregate/group-rows.ts',
    from: 'const old = was && this.add(slot, true, d, -1, out);',
    to: 'const old = was && this.add(slot, false, slot, -1, out);',
  },
  {
    name: 'a group that fails is told again at each change',
    file: 'operators/aggregate/group-rows.ts',
    from: 'out.error(this.failure(failure, slot, j), diff);',
    to: 'if (diff > 0) out.error(this.failure(failure, slot, j), diff);',
    suite: 'operators/aggregate.test.ts',
  },
  {
    name: 'no row for a group of everything that is empty',
    file: AGGREGATE,
    from: 'if (node.keys.length === 0 && liveSlots(table.slots) === 0) this.startGlobal();',
    to: '',
  },
  {
    name: 'a group without rows is still there',
    file: AGGREGATE,
    from: 'return this.table.slots.accumulators[GROUP_ROWS]!.values[slot] !== 0;',
    to: 'return true;',
  },
  {
    name: 'a group without rows is kept in state',
    file: AGGREGATE,
    from: 'if (!this.hasRows(slot)) this.table.remove(slot);',
    to: '',
  },
  {
    name: 'NULL is counted',
    file: CALL_CODE,
    from: 'if (m${j} === null || m${j}[i] !== 1) { ${bare.add} }',
    to: '{ ${bare.add} }',
  },
  {
    name: 'rows are counted, whether they come or leave',
    file: CALL_CODE,
    from: "add: '@0[s] += W;'",
    to: "add: '@0[s] += 1;'",
  },
  {
    name: 'bool_and forgets what is false when true comes',
    file: CALL_CODE,
    from: 'if (${v}[i] === 1) @0[s] += W; else @1[s] += W;',
    to: 'if (${v}[i] === 1) { @0[s] += W; @1[s] = 0; } else @1[s] += W;',
    suite: 'operators/changing-aggregate.test.ts',
  },
  {
    name: 'bool_or is bool_and',
    file: CALL_RESULT,
    from: 'number(accs[0]!, i) > 0 ? true : anyOf(accs, i, false)',
    to: 'number(accs[1]!, i) > 0 ? false : anyOf(accs, i)',
    suite: 'operators/changing-aggregate.test.ts',
  },
  {
    name: 'the least number is the greatest',
    file: 'operators/aggregate/extreme-code.ts',
    from: 'if (@1[s] === 0 || x ${op} @0[s]) {',
    to: 'if (@1[s] === 0 || x > @0[s]) {',
    suite: 'operators/aggregate.test.ts',
  },
  {
    name: 'the least text is the greatest',
    file: 'operators/aggregate/extreme-code.ts',
    from: "  const sign = op === '<' ? -1 : 1;",
    to: '  const sign = 1;',
  },
  {
    name: 'the sum of nothing is 0',
    file: CALL_RESULT,
    from: 'return (accs, i, out, row) => {\n    if (number(accs[0]!, i) === 0) return setValue(out, row, null);\n    const sum = total(accs, i);\n    // The sum',
    to: 'return (accs, i, out, row) => {\n    const sum = total(accs, i);\n    // The sum',
  },
  {
    name: 'a sum of integers does not lose what leaves',
    file: CHANGING_SUM,
    from: 'const t = @1[s] + ${v}[i] * W; @1[s] = t; ',
    to: 'const t = @1[s] + ${v}[i] * Math.abs(W); @1[s] = t; ',
  },
  {
    name: 'a sum of bigints loses the high word of what leaves',
    file: CHANGING_SUM,
    from: 'u = @2[s] + ${v}[2 * i + 1] * W;',
    to: 'u = @2[s] + ${v}[2 * i + 1];',
  },
  {
    name: 'a sum forgets to bring numerics to one scale',
    file: 'operators/aggregate/call-functions.ts',
    from: 'value *= powerOfTen(have - scale);',
    to: '',
    suite: 'operators/aggregate.test.ts',
  },
  {
    name: 'an average over one row too many',
    file: CALL_RESULT,
    from: 'divideNumeric(exact.unscaled, exact.scale, BigInt(count), 0)',
    to: 'divideNumeric(exact.unscaled, exact.scale, BigInt(count + 1), 0)',
  },
  {
    name: 'the variance of a sample is that of all',
    file: 'operators/aggregate/variance-result.ts',
    from: 'const divisor = rows * (sample ? rows - 1n : rows);',
    to: 'const divisor = rows * rows;',
    about: /stddev_samp/,
  },
  {
    name: 'the sample of one row has a variance',
    file: 'operators/aggregate/variance-result.ts',
    from: 'if (n === 0 || (sample && n === 1)) return',
    to: 'if (n === 0) return',
  },
  {
    name: 'a value that left is still counted by DISTINCT',
    file: MULTISET,
    from: 'for (const slot of gone) give(slot, -1);',
    to: '',
  },
  {
    name: 'DISTINCT counts a value with each row',
    file: MULTISET,
    from: 'for (const slot of come) give(slot, 1);',
    to: 'for (const slot of come) for (let n = 0; n < this.table.weights.values[slot]!; n++) give(slot, 1);',
  },
  {
    name: 'a group is said to be changed once too often',
    file: 'operators/aggregate/update-code.ts',
    from: 'if ((f & ${DIRTY}) === 0) {',
    to: 'if (true) {',
  },
  {
    name: 'what was kept of a group grows without being looked at',
    file: 'operators/aggregate/update-code.ts',
    from: "!['big', 'bytes'].includes(shape.accumulators[a]!)",
    to: 'a >= 0',
    about: /max\(t1\.text1\) AS c1, count/,
  },
  {
    name: 'a column of GROUPING SETS is another key of its set',
    file: 'logical/from-grouping-sets.ts',
    from: 'given[set.indexOf(k)] ?? literal(null, key.type)',
    to: '(set.includes(k) ? given[k] : undefined) ?? literal(null, key.type)',
    about: /CUBE/,
  },
  {
    name: 'GROUPING tells which keys there are',
    file: 'logical/from-grouping-sets.ts',
    from: '(set.includes(key) ? 0 : 1)',
    to: '(set.includes(key) ? 1 : 0)',
    suite: 'pipeline/grouping-sets.test.ts',
  },
  {
    name: 'percentile_disc takes the value before',
    file: 'operators/aggregate/percentiles.ts',
    from: 'Math.max(1, Math.ceil(fraction * total))',
    to: 'Math.max(1, Math.floor(fraction * total))',
    about: /percentile_disc\(0\.[35]/,
  },
  {
    name: 'percentile_cont does not look between two values',
    file: 'operators/aggregate/percentiles.ts',
    from: 'if (Math.ceil(place) === first) return target.slot(low);',
    to: 'if (first >= 0) return target.slot(low);',
    about: /percentile_cont/,
  },
  {
    name: 'of the most frequent values the last is the mode',
    file: 'operators/aggregate/percentiles.ts',
    from: 'if (count > most) [best, most] = [first, count];',
    to: 'if (count >= most) [best, most] = [first, count];',
    about: /mode\(\)/,
  },
  {
    name: 'the mode counts values, not rows',
    file: 'operators/aggregate/percentiles.ts',
    from: 'count += weights.values[slot]!;',
    to: 'count += 1;',
    about: /mode\(\)/,
  },
  {
    name: 'a line through one height explains nothing',
    file: 'operators/aggregate/regression-result.ts',
    from: 'if (flatY) return 1;',
    to: 'if (flatY) return null;',
    suite: 'pipeline/statistics.test.ts',
  },
  {
    name: 'a correlation is never negative',
    file: 'operators/aggregate/regression-result.ts',
    from: '(xy < 0n ? -1 : 1)',
    to: '1',
    suite: 'pipeline/statistics.test.ts',
  },
  {
    name: 'ORDER BY of what is put together only ascends',
    file: 'physical/multisets.ts',
    from: 'return { column: at(expr), descending, nullsFirst };',
    to: 'return { column: at(expr), descending: false, nullsFirst };',
    about: /(array_agg|jsonb_agg|string_agg).* DESC/,
  },
  {
    name: 'NULLS FIRST of what is put together is not heard',
    file: 'physical/multisets.ts',
    from: 'return { column: at(expr), descending, nullsFirst };',
    to: 'return { column: at(expr), descending, nullsFirst: false };',
    about: /(array_agg|jsonb_agg).* NULLS FIRST/,
  },
  {
    name: 'DISTINCT of what is put together is not heard',
    file: 'operators/aggregate/group-walk.ts',
    from: 'else if (last < 0 || !same(last, slot)) visit(slot, 1);',
    to: 'else visit(slot, 1);',
    about: /cardinality\(array_agg\(DISTINCT/,
  },
];
