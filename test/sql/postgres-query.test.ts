// Windowed queries as Postgres runs them: the text is accepted by the real server, and the windows it finds are the ones
// that a few lines of arithmetic find.

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MillraceError } from '../../src/errors.ts';
import { parseQuery } from '../../src/sql/parse.ts';
import { postgresQuery, type TimeType } from '../../src/sql/postgres-query.ts';
import { freshDatabase } from '../setup/parts.ts';
import { refusal } from './tree.ts';

/** Seconds since the epoch; before it too, where rounding down is not cutting off. */
const TIMES = [0, 1, 9, 10, 11, 59, 60, 61, 125, 3600, -1, -10, -11];

let client: pg.Client;

beforeAll(async () => {
  client = new pg.Client((await freshDatabase()).url);
  await client.connect();
  await client.query("SET TIME ZONE 'America/New_York'");
  for (const type of ['timestamp', 'timestamptz'] as const) {
    // Columns named as the inner names are must not be taken for them.
    await client.query(`CREATE TABLE e_${type} (id int, r text, t text, k text, ts ${type})`);
    const epoch = type === 'timestamp' ? "timestamp '1970-01-01'" : "timestamptz '1970-01-01 00:00:00+00'";
    for (const [id, seconds] of TIMES.entries()) {
      const values = `${id}, 'r', 't', '${id % 2}', ${epoch} + ${seconds} * interval '1 second'`;
      await client.query(`INSERT INTO e_${type} VALUES (${values})`);
    }
    await client.query(`INSERT INTO e_${type} VALUES (-1, 'r', 't', 'k', NULL)`);
  }
});

afterAll(() => client.end());

async function rows(sql: string, type: TimeType): Promise<unknown[][]> {
  const text = postgresQuery(parseQuery(sql), () => type);
  const result = await client.query<unknown[]>({ text, rowMode: 'array' });
  return result.rows;
}

const SECONDS = 'EXTRACT(epoch FROM window_start)::int, EXTRACT(epoch FROM window_end)::int';
const floor = (time: number, size: number, offset = 0): number =>
  Math.floor((time - offset) / size) * size + offset;

describe.each(['timestamp', 'timestamptz'] as const)('over %s', (type) => {
  const windows = (call: string): Promise<unknown[][]> =>
    rows(`SELECT id, ${SECONDS} FROM ${call.replace('$', `e_${type}`)} AS w ORDER BY id, 2, 3`, type);

  test.each([
    [10, 0],
    [60, 0],
    [60, 5],
    [7, 3],
  ])('TUMBLE of %i s, offset %i s', async (size, offset) => {
    const found = await windows(`TUMBLE($, ts, INTERVAL '${size} s', INTERVAL '${offset} s')`);
    expect(found).toEqual(TIMES.map((t, id) => [id, floor(t, size, offset), floor(t, size, offset) + size]));
  });

  test.each([
    [5, 10],
    [2, 10],
    [3, 10],
    [10, 10],
  ])('HOP by %i s of %i s', async (slide, size) => {
    const expected = TIMES.flatMap((t, id) => {
      const starts: number[] = [];
      for (let start = floor(t, slide); start > t - size; start -= slide) starts.unshift(start);
      return starts.map((start) => [id, start, start + size]);
    });
    expect(await windows(`HOP($, ts, INTERVAL '${slide} s', INTERVAL '${size} s')`)).toEqual(expected);
  });

  test('CUMULATE by 20 s up to 60 s', async () => {
    const expected = TIMES.flatMap((t, id) => {
      const start = floor(t, 60);
      return [20, 40, 60].filter((end) => start + end > t).map((end) => [id, start, start + end]);
    });
    expect(await windows("CUMULATE($, ts, INTERVAL '20 s', INTERVAL '60 s')")).toEqual(expected);
  });

  test.each(['', ' PARTITION BY k'])('SESSION%s', async (partition) => {
    const keyOf = (id: number): string => (partition === '' ? '' : String(id % 2));
    const expected = TIMES.map((_, id) => {
      const [start, last] = sessionOf(id, keyOf, 10);
      return [id, start, last + 10];
    });
    expect(await windows(`SESSION($${partition}, ts, INTERVAL '10 s')`)).toEqual(expected);
  });

  test('all columns of the input and the two of the window', async () => {
    const all = `SELECT * FROM TUMBLE(e_${type}, ts, INTERVAL '10 s') WHERE id = 3`;
    const [row] = await rows(all, type);
    expect(row).toHaveLength(7);
    expect(row?.slice(0, 4)).toEqual([3, 'r', 't', '1']);
  });

  test('a grouped view', async () => {
    const sql =
      `SELECT w.k, EXTRACT(epoch FROM window_start)::int AS s, count(*)::int AS n FROM ` +
      `TUMBLE((SELECT * FROM e_${type} WHERE id > 2), ts, INTERVAL '1' MINUTE) AS w GROUP BY 1, window_start ORDER BY s, 1`;
    const counts = new Map<string, unknown[]>();
    for (const [id, t] of TIMES.entries()) {
      if (id <= 2) continue;
      const key = `${floor(t, 60)}/${id % 2}`;
      counts.set(key, [String(id % 2), floor(t, 60), Number(counts.get(key)?.[2] ?? 0) + 1]);
    }
    const order = (a: unknown[], b: unknown[]): number =>
      Number(a[1]) - Number(b[1]) || Number(a[0]) - Number(b[0]);
    expect(await rows(sql, type)).toEqual([...counts.values()].sort(order));
  });

  test('without an alias the table keeps its name', async () => {
    const table = `e_${type}`;
    const sql = `SELECT ${table}.id FROM TUMBLE(${table}, ${table}.ts, INTERVAL '1 h') WHERE ${table}.id = 1`;
    expect(await rows(sql, type)).toEqual([[1]]);
  });
});

test.each([
  ['SELECT 1 FROM a JOIN «b FOR SYSTEM_TIME AS OF a.ts» ON true', 'FOR SYSTEM_TIME AS OF'],
  ['SELECT 1 FROM «a ASOF JOIN b ON a.ts >= b.ts»', 'ASOF JOIN'],
])('%s has no Postgres text', (marked, construct) => {
  const sql = marked.replace(/[«»]/g, '');
  const at = /«(.*)»/.exec(marked)?.[1];
  expect(refusal(() => inText(sql, () => postgresQuery(parseQuery(sql), () => 'timestamp')))).toMatchObject({
    code: 'SQL_NOT_POSTGRES',
    at,
    message: `${construct} has no equal in PostgreSQL`,
  });
});

/** First and last time of the session of a row: neighbours less than a gap apart belong together. */
function sessionOf(id: number, keyOf: (id: number) => string, gap: number): [number, number] {
  const times = TIMES.filter((_, other) => keyOf(other) === keyOf(id)).sort((a, b) => a - b);
  let first = times.indexOf(TIMES[id]!);
  let last = first;
  while (first > 0 && times[first]! - times[first - 1]! < gap) first--;
  while (last < times.length - 1 && times[last + 1]! - times[last]! < gap) last++;
  return [times[first]!, times[last]!];
}

function inText(sql: string, write: () => string): string {
  try {
    return write();
  } catch (error) {
    throw error instanceof MillraceError ? error.withSql(sql) : error;
  }
}
