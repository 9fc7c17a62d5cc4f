// Mistakes in time: windows, sessions, watermarks, lateness, idleness, the clock.

import type { Mutant } from './mutants.ts';

const EXPAND = 'operators/expand/expand-code.ts';
const LATENESS = 'task/lateness.ts';
const SESSION = 'operators/session/session.ts';
const TEMPORAL = 'operators/temporal/temporal.ts';

export const TIME: readonly Mutant[] = [
  {
    name: 'a window ends a microsecond early',
    file: EXPAND,
    from: 's > t - ${shape.size};',
    to: 's > t - ${shape.size} + 1;',
    suite: 'operators/expand.test.ts',
  },
  {
    name: 'a row at the end of a window is in it',
    file: EXPAND,
    from: 's > t - ${shape.size};',
    to: 's >= t - ${shape.size};',
    suite: 'operators/expand.test.ts',
  },
  {
    name: 'a row is in its newest window alone',
    file: EXPAND,
    from: 's -= ${shape.slide}) {',
    to: 's -= ${shape.size}) {',
  },
  {
    name: 'CUMULATE leaves out the whole window',
    file: EXPAND,
    from: 'e <= s + ${shape.size};',
    to: 'e < s + ${shape.size};',
  },
  {
    name: 'windows are not moved by their offset',
    file: EXPAND,
    from: 'const since = `(t - ${shape.offset})`;',
    to: 'const since = `(t)`;',
    suite: 'operators/expand.test.ts',
  },
  {
    name: 'windows close when the fastest partition has passed them',
    file: LATENESS,
    from: 'told.reduce((a, b) => (b < a ? b : a))',
    to: 'told.reduce((a, b) => (b > a ? b : a))',
  },
  {
    name: 'a watermark falls',
    file: LATENESS,
    from: 'if (reached !== null && (this.watermark === null || reached > this.watermark)) this.watermark = reached;',
    to: 'if (reached !== null) this.watermark = reached;',
    suite: 'windows/time-model.test.ts',
  },
  {
    name: 'a partition of which nothing is known holds nothing up',
    file: LATENESS,
    from: 'return told.length < active.length ? null : told.reduce',
    to: 'return told.length === 0 ? null : told.reduce',
    suite: 'windows/time-model.test.ts',
  },
  {
    name: 'an idle partition holds the watermark',
    file: LATENESS,
    from: 'const active = unfinished.filter((time) => !time.idle);',
    to: 'const active = unfinished;',
    suite: 'windows/time-model.test.ts',
  },
  {
    name: 'a partition that was idle is not held against the watermark',
    file: LATENESS,
    from: 'if (time.idle && !idle && this.watermark !== null',
    to: 'if (false && this.watermark !== null',
    suite: 'windows/time-model.test.ts',
  },
  {
    name: 'a row at the watermark is late',
    file: 'task/sift.ts',
    from: 'if (t < bound) {\n      late.push({ row: i, eventTime: BigInt(t)',
    to: 'if (t <= bound) {\n      late.push({ row: i, eventTime: BigInt(t)',
    suite: 'task/lateness.test.ts',
  },
  {
    name: 'a row from the future moves the watermark',
    file: 'task/sift.ts',
    from: 'if (!unbounded && brokerMs[i]! >= 0 && t > brokerMs[i]! * 1000 + maxFuture) continue;',
    to: '',
    suite: 'task/lateness.test.ts',
  },
  {
    name: 'what closes is not freed',
    file: 'operators/aggregate/aggregate.ts',
    from: 'table.expire(closed, this.through);',
    to: '',
    suite: 'windows/state-flat.test.ts',
  },
  {
    name: 'windows that close are given in part',
    file: 'operators/aggregate/aggregate.ts',
    from: 'for (const slot of closed) this.rows.closed(slot, out);',
    to: 'for (const slot of closed.slice(1)) this.rows.closed(slot, out);',
  },
  {
    name: 'rows a gap apart are one session',
    file: 'operators/session/session-rows.ts',
    from: 'return apart < this.gap;',
    to: 'return apart <= this.gap;',
    suite: 'operators/session.test.ts',
  },
  {
    name: 'a row that left still keeps its session open',
    file: SESSION,
    from: 'isLive ? rows.endBehind(slot) : TIMESTAMP_MINUS_INFINITY',
    to: 'isLive ? rows.endBehind(slot) : TIMESTAMP_INFINITY',
    suite: 'operators/session.test.ts',
  },
  {
    name: 'a session is not walked through again when a row comes before it',
    file: SESSION,
    from: 'this.reached[partition] !== -1 && rows.first(partition) === slot',
    to: 'this.reached[partition] === -1 && rows.first(partition) === slot',
    suite: 'operators/session.test.ts',
  },
  {
    name: 'a session that is parted keeps its bounds',
    file: SESSION,
    from: 'const same = starts.values[slot] === start && ends.values[slot] === end;',
    to: 'const same = starts.values[slot] === start;',
  },
  {
    name: 'a session is not looked at again when its last row leaves',
    file: SESSION,
    from: 'this.look(this.rows.before(slot), out);',
    to: '',
    about: /SESSION\(/,
  },
  {
    name: 'a row stays a microsecond longer than WHERE says',
    file: TEMPORAL,
    from: 'return until === this.enters(slot) || ts < until ? ',
    to: 'return until === this.enters(slot) || ts <= until ? ',
    suite: 'windows/temporal-filter.test.ts',
  },
  {
    name: 'rows do not leave with time',
    file: TEMPORAL,
    from: 'for (const slot of over) this.decide(slot, ts, out);',
    to: '',
  },
  {
    name: 'rows do not enter with time',
    file: TEMPORAL,
    from: 'for (const slot of this.entering.take(ts)) this.decide(slot, ts, out);',
    to: 'this.entering.take(ts);',
    about: /BETWEEN now\(\)|now\(\).* AND .*now\(\)/,
  },
  {
    name: 'of two bounds of time the wider one counts',
    file: 'operators/temporal/clock-bounds.ts',
    from: '} else if (time < leaves[i]!) leaves[i] = time;',
    to: '} else leaves[i] = time;',
    about: /(BETWEEN now|>=? now|now\(\) - \w+\.\w+ <).* AND [\w.]+ >= now/,
  },
  {
    name: 'a join frees rows that may still meet a partner',
    file: 'operators/join/join.ts',
    from: 'side.table.expired(watermarkLess(this.through, horizon.shift))',
    to: 'side.table.expired(this.through)',
    about: / JOIN .*at BETWEEN /,
  },
];
