// A script (functions, then one view of the source `s`) over random rows, in memory and in Postgres.

import type { Value } from '../../src/data/value.ts';
import { parseValue } from '../../src/data/text-forms.ts';
import { NUMERIC } from '../../src/data/types.ts';
import { seededRandom } from '../windows/seeded-random.ts';
import type { Row } from '../windows/view-run.ts';

export const SOURCES = `
CREATE SOURCE s (a BIGINT, b BIGINT, i INTEGER, t TEXT, n NUMERIC, ok BOOLEAN, at TIMESTAMPTZ)
WITH (connector = 'kafka', topic = 's') FORMAT PLAIN ENCODE JSON;
CREATE SOURCE r (k BIGINT, word TEXT) WITH (connector = 'kafka', topic = 'r') FORMAT PLAIN ENCODE JSON;`;

const WORDS = ['', 'a', 'bb', 'Zebra', 'zebra', '\u00e9t\u00e9', '100%', 'x y'];
const NUMBERS = ['0', '1.50', '-2.25', '1000.0001', '0.00'];

export function randomRows(
  seed: number,
  count: number,
): { readonly s: readonly Row[]; readonly r: readonly Row[] } {
  const random = seededRandom(seed);
  const maybe = (value: () => Value): Value => (random() < 0.2 ? null : value());
  const whole = (below: number): number => Math.floor(random() * below);
  const s = Array.from({ length: count }, (): Row => ({
    a: maybe(() => BigInt(whole(9) - 4)),
    b: maybe(() => BigInt(whole(5))),
    i: maybe(() => whole(100) - 50),
    t: maybe(() => WORDS[whole(WORDS.length)]!),
    n: maybe(() => parseValue(NUMBERS[whole(NUMBERS.length)]!, NUMERIC)),
    ok: maybe(() => random() < 0.5),
    at: maybe(() => BigInt(1_700_000_000 + whole(100_000)) * 1_000_000n),
  }));
  const r = Array.from({ length: 6 }, (_, k): Row => ({
    k: k === 5 ? null : BigInt(k),
    word: WORDS[whole(WORDS.length)]!,
  }));
  return { s, r };
}
