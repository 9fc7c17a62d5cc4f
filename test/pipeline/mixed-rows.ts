// What the tests of aggregates read.

import { seeded } from '../simulation/random.ts';

/** Rows of every type with NULLs, repeated values, and values that are equal and print differently. */
export function mixedRows(seed: number, n: number): string {
  const random = seeded(seed);
  const orNull = <T>(value: T): T | null => (random.chance(0.1) ? null : value);
  const numerics = ['1', '1.0', '1.00', '-2.50', '0', '0.000', '123456789012345678901234567890.12', 'NaN'];
  const rows = Array.from({ length: n }, (_, id) => ({
    id,
    k: orNull(random.below(7)),
    i: orNull(random.below(2 ** 32) - 2 ** 31),
    s: orNull(random.below(20) - 10),
    b: orNull(`${random.below(1e9)}${random.below(1e9)}`.slice(0, 18)),
    // Of equal values PostgreSQL's rounding leaves a spread, unless binary holds them.
    d: orNull(random.pick([1.5, -2.25, 0.1, 1e-3, 12345.5, 3])),
    n: orNull(
      random.chance(0.7) ? (random.below(1e6) / 1000).toFixed(random.below(4)) : random.pick(numerics),
    ),
    t: orNull(random.pick(['', 'a', 'b', 'ä', 'Z', 'a,b', '漢字'])),
    o: orNull(random.chance(0.6)),
    v: orNull(`${random.below(5)} mons ${random.below(40)} days ${random.below(99999)} seconds`),
    at: new Date(1_700_000_000_000 + id * 1000).toISOString(),
  }));
  // 64 bits and all digits of a numeric are numbers in the text, and none of JavaScript's.
  const text = (row: object): string => JSON.stringify(row).replace(/"([bn])":"(-?[\d.]+)"/g, '"$1":$2');
  return rows.map((row) => `${text(row)}\n`).join('');
}

export const SOURCES = `
CREATE SOURCE mixed (id BIGINT NOT NULL, k INTEGER, i INTEGER, s SMALLINT, b BIGINT, d DOUBLE PRECISION, n NUMERIC, t TEXT,
  o BOOLEAN, v INTERVAL, at TIMESTAMPTZ, WATERMARK FOR at AS at - INTERVAL '4 seconds')
  WITH (connector = 'file', path = 'mixed.jsonl', max_rate = '200') FORMAT PLAIN ENCODE JSON;
CREATE SOURCE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel TEXT, date_time TIMESTAMPTZ,
  WATERMARK FOR date_time AS date_time - INTERVAL '4 seconds')
  WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.events = '4000', max_rate = '1500') FORMAT PLAIN ENCODE JSON;
`;

/** Rows of \`mixed\` that change while it is read: the latest of each remainder, by the greatest id so far. */
export const CHANGING = `(SELECT id % 37 AS g, max(id) AS id, max(k) AS k, max(i) AS i, max(s) AS s, max(b) AS b, max(d) AS d, sum(n) AS n, max(t) AS t,
  bool_and(o) AS o, sum(v) AS v, max(at) AS at FROM mixed GROUP BY 1)`;
