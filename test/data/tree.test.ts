// jsonb, arrays and rows as bytes, against the real Postgres: their texts, their equality and their order.

import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareBytes } from '../../src/data/bytes.ts';
import { parseValue, valueToText } from '../../src/data/text-forms.ts';
import { bodyEnd } from '../../src/data/tree/writer.ts';
import type { SqlType } from '../../src/data/types.ts';
import {
  arrayOf,
  DOUBLE,
  INTEGER,
  INTERVAL,
  JSONB,
  NUMERIC,
  TEXT,
  BYTEA,
  typeName,
} from '../../src/data/types.ts';
import type { TreeValue } from '../../src/data/value.ts';
import { randomSource } from '../expr/random-expressions.ts';
import { freshDatabase } from '../setup/parts.ts';
import { testSeed } from '../setup/seed.ts';

let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client((await freshDatabase()).url);
  await client.connect();
});
afterAll(() => client.end());

const SEED = testSeed();

function compareTrees(a: TreeValue, b: TreeValue): number {
  const end = (value: TreeValue): number => bodyEnd(value.tree, 0, value.tree.length);
  return Math.sign(compareBytes(a.tree, 0, end(a), b.tree, 0, end(b)));
}

/** Texts of `type`: printed alike, and ordered alike pair by pair. */
async function compareWithPostgres(
  texts: readonly string[],
  type: SqlType,
  sql = typeName(type),
): Promise<string[]> {
  const values = texts.map((text) => parseValue(text, type) as TreeValue);
  const printed = await client.query<{ t: string }>(
    `SELECT v::${sql}::text AS t FROM unnest($1::text[]) WITH ORDINALITY AS x(v, n) ORDER BY n`,
    [texts],
  );
  const wrong = texts.flatMap((text, i) => {
    const here = valueToText(values[i]!, type);
    return here === printed.rows[i]!.t ? [] : [`${text}: ${here}, in Postgres ${printed.rows[i]!.t}`];
  });
  const pairs = await client.query<{ a: number; b: number; c: number }>(
    `WITH v AS MATERIALIZED (SELECT n::int, v::${sql} AS v FROM unnest($1::text[]) WITH ORDINALITY AS x(v, n))
     SELECT a.n AS a, b.n AS b, CASE WHEN a.v < b.v THEN -1 WHEN a.v = b.v THEN 0 ELSE 1 END AS c FROM v a, v b`,
    [texts],
  );
  for (const { a, b, c } of pairs.rows)
    if (compareTrees(values[a - 1]!, values[b - 1]!) !== c)
      wrong.push(`${texts[a - 1]!} and ${texts[b - 1]!}: in Postgres ${c}`);
  return wrong;
}

function randomJson(random: () => number, depth: number): string {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const roll = random();
  if (depth === 0 || roll < 0.6)
    return pick(['null', 'true', 'false', '0', '1', '1.0', '1.00', '-1', '-1.5', '10', '1e20', '0.001', '""', '"a"', '"b"', '"ab"', '"é"', '"日"', '"a\\n"']); // prettier-ignore
  const items = Array.from({ length: Math.floor(random() * 3) }, () => randomJson(random, depth - 1));
  if (roll < 0.8) return `[${items.join(', ')}]`;
  return `{${items.map((item) => `"${pick(['a', 'b', 'ab', 'é', ''])}": ${item}`).join(', ')}}`;
}

test(`jsonb is printed and ordered as in Postgres, seed ${SEED}`, async () => {
  const random = randomSource(SEED);
  const texts = Array.from({ length: 250 }, () => randomJson(random, 3));
  expect(await compareWithPostgres(texts, JSONB)).toEqual([]);
});

const ITEMS: readonly (readonly [SqlType, readonly string[]])[] = [
  [INTEGER, ['0', '1', '-1', '2147483647', '-2147483648', 'NULL']],
  [TEXT, ['""', 'a', 'b', '"a b"', 'é', '"NULL"', 'NULL', '"\\\\"', '"{"']],
  [
    NUMERIC,
    ['0', '0.00', '1', '1.0', '-1', '-10', '10000', '0.0001', 'NaN', 'Infinity', '-Infinity', '12345.678'],
  ],
  [DOUBLE, ['0', '-0', '1.5', '-1.5', 'NaN', 'Infinity', '-Infinity', '5e-324', 'NULL']],
  [INTERVAL, ['"1 mon"', '"30 days"', '"-1 days"', '00:00:00', '"1 day -00:00:01"', 'NULL']],
  [BYTEA, ['"\\\\x"', '"\\\\x00"', '"\\\\x0001"', '"\\\\xff"', '"\\\\x00ff"', 'NULL']],
];

test(`arrays are printed and ordered as in Postgres, seed ${SEED}`, async () => {
  const random = randomSource(SEED);
  for (const [element, items] of ITEMS) {
    const texts = Array.from({ length: 80 }, () => {
      const length = Math.floor(random() * 4);
      return `{${Array.from({ length }, () => items[Math.floor(random() * items.length)]!).join(',')}}`;
    });
    const collated = element.kind === 'text' ? 'text[] COLLATE "C"' : undefined;
    const found = await compareWithPostgres(texts, arrayOf(element), collated?.replace(' COLLATE "C"', ''));
    expect(found).toEqual([]);
  }
});

test('rows are printed and ordered as in Postgres', async () => {
  await client.query('CREATE TYPE thing AS (a integer, b text, c numeric)');
  const type: SqlType = {
    kind: 'row',
    fields: [
      { name: 'a', type: INTEGER },
      { name: 'b', type: TEXT },
      { name: 'c', type: NUMERIC },
    ],
  };
  const parts = [
    ['', '1', '-2'],
    ['', '""', 'x', '"a,b"', '"say ""hi"""', '" "'],
    ['', '1', '1.0', 'NaN'],
  ] as const;
  const texts = parts[0].flatMap((a) => parts[1].flatMap((b) => parts[2].map((c) => `(${a},${b},${c})`)));
  expect(await compareWithPostgres(texts, type, 'thing')).toEqual([]);
});

test('a body says nothing of details, and a text tells them', () => {
  const [a, b] = ['[1.0, {"x": 2.50}]', '[1, {"x": 2.5}]'].map(
    (text) => parseValue(text, JSONB) as TreeValue,
  );
  expect(compareTrees(a!, b!)).toBe(0);
  expect([a, b].map((value) => valueToText(value!, JSONB))).toEqual([
    '[1.0, {"x": 2.50}]',
    '[1, {"x": 2.5}]',
  ]);
});
