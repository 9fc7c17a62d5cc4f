import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BurstError } from '../../src/postgres/burst.ts';
import type { Connection } from '../../src/postgres/connection.ts';
import { connect } from '../../src/postgres/connection.ts';
import { subscribe } from '../../src/postgres/listen.ts';
import { Pool } from '../../src/postgres/pool.ts';
import { isTransient, sqlState } from '../../src/postgres/sql-errors.ts';
import { transaction } from '../../src/postgres/transaction.ts';
import { readTuples } from '../../src/postgres/tuples.ts';
import {
  boolArray,
  byteaArray,
  int8Array,
  textArray,
  timestampTexts,
} from '../../src/postgres/value-arrays.ts';
import {
  MINUS_INFINITY,
  PLUS_INFINITY,
  parseTimestamp,
  quoteIdent,
  timestampText,
} from '../../src/postgres/values.ts';
import { freshDatabase } from '../setup/parts.ts';
import { startProxy } from '../setup/tcp-proxy.ts';

let url: string;
let pool: Pool;

beforeAll(async () => {
  ({ url } = await freshDatabase());
  pool = new Pool(url, { applicationName: 'test', max: 2 });
  await pool.query('CREATE TABLE t (a int PRIMARY KEY, b bytea)');
});

afterAll(() => pool.close());

async function withConnection<T>(run: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connect(url, { applicationName: 'one' });
  try {
    return await run(connection);
  } finally {
    await connection.close();
  }
}

const sql = (text: string, values: readonly (number | Buffer | null)[] = [], name = '') =>
  ({ kind: 'sql', name, text, values }) as const;
const copyOf = (...cells: readonly number[]) =>
  Buffer.concat([
    Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1'),
    ...cells.map((cell) => Buffer.from([0, 2, 0, 0, 0, 4, 0, 0, 0, cell, 255, 255, 255, 255])),
    Buffer.from([255, 255]),
  ]);

describe('sessions', () => {
  it('read what is committed, whatever isolation the database begins transactions with', async () => {
    const { url: strict } = await freshDatabase();
    const name = new URL(strict).pathname.slice(1);
    await pool.query(`ALTER DATABASE ${quoteIdent(name)} SET default_transaction_isolation = 'serializable'`);
    const connection = await connect(strict, { applicationName: 'one' });
    const { rows } = await connection.query('SHOW transaction_isolation');
    await connection.close();
    expect(rows).toEqual([{ transaction_isolation: 'read committed' }]);
  });

  it('commit durably and speak UTC whatever the URL and the server say', async () => {
    const address = new URL(url);
    address.searchParams.set(
      'options',
      '-c synchronous_commit=off -c TimeZone=Asia/Tokyo -c search_path=pg_catalog',
    );
    const connection = await connect(address.href, { applicationName: 'settings' });
    const { rows } = await connection.query(
      `SELECT current_setting('synchronous_commit') AS c, current_setting('TimeZone') AS z, current_setting('search_path') AS p,
              current_setting('application_name') AS a`,
    );
    expect(rows).toEqual([{ c: 'on', z: 'UTC', p: 'pg_catalog', a: 'settings' }]);
    await connection.close();
  });

  it('give int8 as bigint, times as microseconds, dates as days', async () => {
    const { rows } = await pool.query(
      `SELECT 9007199254740993::int8 AS i, timestamptz '2024-02-29 12:00:00.000001+02' AS t, timestamp 'infinity' AS e,
              date '1970-01-02' AS d, timestamptz '0044-03-15 00:00:00+00 BC' AS bc`,
    );
    expect(rows[0]).toEqual({
      i: 9007199254740993n,
      t: 1709200800000001n,
      e: PLUS_INFINITY,
      d: 1,
      bc: parseTimestamp('0044-03-15 00:00:00+00 BC'),
    });
  });

  it('name the address that cannot be reached, never the password', async () => {
    const error = (await connect('postgres://u:secret@127.0.0.1:1/d', { applicationName: 'x' }).catch(
      (e: unknown) => e,
    )) as Error;
    expect(error).toMatchObject({ code: 'POSTGRES_UNREACHABLE', retryable: true });
    expect(error.message).toContain('127.0.0.1:1/d');
    expect(error.message).not.toContain('secret');
    expect(isTransient(error)).toBe(true);
  });
});

describe('timestamps as text', () => {
  it('read back by Postgres and by us as the same microsecond', async () => {
    const micros = [
      0n,
      -1n,
      1n,
      951782400000000n,
      -62135596800000001n,
      -210866803200000000n,
      9224318015999999999n,
    ];
    micros.push(MINUS_INFINITY, PLUS_INFINITY);
    for (let i = 0; i < 300; i++) micros.push(BigInt(Math.floor(((Math.sin(i) * 1e4) % 1) * 9e15)) * 7n);
    const { rows } = await pool.query<{ t: bigint }>(
      'SELECT u.t::timestamptz AS t FROM unnest($1::text[]) WITH ORDINALITY AS u(t, n) ORDER BY n',
      [timestampTexts(micros)],
    );
    expect(rows.map(({ t }) => t)).toEqual(micros);
    expect(micros.map((m) => parseTimestamp(timestampText(m).replace('+00', '')))).toEqual(micros);
  });
});

describe('value arrays', () => {
  it('arrive as they are, NULLs and emptiness included', async () => {
    const { rows } = await pool.query(
      'SELECT $1::int8[] AS i, $2::bool[] AS b, $3::text[] AS t, $4::bytea[] AS y, $5::int8[] AS e',
      [
        int8Array([1, null, -(2n ** 63n)]),
        boolArray([true, false]),
        textArray(['ü', null, 'a\0b']),
        byteaArray([Buffer.from([0, 255]), null]),
        int8Array([]),
      ],
    );
    expect(rows[0]).toEqual({
      i: [1n, null, MINUS_INFINITY],
      b: [true, false],
      t: ['ü', null, 'a\u{fffd}b'],
      y: [Buffer.from([0, 255]), null],
      e: [],
    });
  });
});

describe('bursts', () => {
  it('run statements and COPY in one answer, with large values, again and again', async () => {
    await withConnection(async (connection) => {
      const big = Buffer.alloc(3_000_000, 7);
      for (const base of [10, 20]) {
        const tags = await connection.burst(
          [
            sql('BEGIN'),
            sql('INSERT INTO t VALUES ($1, $2)', [base, big], 'ins'),
            {
              kind: 'copy',
              text: 'COPY t FROM STDIN (FORMAT binary)',
              payload: [copyOf(base + 1, base + 2)],
            },
            sql('INSERT INTO t VALUES ($1, $2)', [base + 3, null], 'ins'),
            sql('COMMIT'),
          ],
          10_000,
        );
        expect(tags.map(({ command, rows }) => `${command} ${rows}`)).toEqual([
          'BEGIN 0',
          'INSERT 1',
          'COPY 2',
          'INSERT 1',
          'COMMIT 0',
        ]);
      }
      const { rows } = await connection.query('SELECT count(*) AS n, max(length(b)) AS l FROM t');
      expect(rows).toEqual([{ n: 8n, l: 3_000_000 }]);
    });
  });

  it('do nothing of what stands behind a failing statement, COPY and COMMIT included', async () => {
    const connection = await connect(url, { applicationName: 'failing' });
    const error: unknown = await connection
      .burst(
        [
          sql('BEGIN'),
          sql('INSERT INTO t VALUES (90, NULL)'),
          sql('SELECT 1 / $1::int', [0]),
          { kind: 'copy', text: 'COPY t FROM STDIN (FORMAT binary)', payload: [copyOf(91)] },
          sql('COMMIT'),
        ],
        10_000,
      )
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(BurstError);
    expect((error as BurstError).index).toBe(2);
    expect(sqlState(error)).toBe('22012');
    expect(connection.lost).toBeDefined();
    expect((await pool.query('SELECT FROM t WHERE a >= 90')).rowCount).toBe(0);
  });

  it('are cut when they get no answer in time', async () => {
    const connection = await connect(url, { applicationName: 'slow' });
    const error: unknown = await connection.burst([sql('SELECT pg_sleep(30)')], 50).catch((e: unknown) => e);
    expect(isTransient(error)).toBe(true);
  });
});

describe('transactions', () => {
  it('roll back when the function throws, and keep the connection usable', async () => {
    await withConnection(async (connection) => {
      const attempt = transaction(connection, async () => {
        await connection.query('INSERT INTO t VALUES (70, NULL)');
        throw new Error('no');
      });
      await expect(attempt).rejects.toThrow('no');
      expect((await connection.query('SELECT FROM t WHERE a = 70')).rowCount).toBe(0);
    });
  });

  it('are not taken for committed when a statement had failed in them', async () => {
    const attempt = pool.transaction(async (connection) => {
      await connection.query('SELECT 1 / 0').catch(() => {});
    });
    await expect(attempt).rejects.toMatchObject({ code: 'TRANSACTION_ABORTED' });
  });
});

describe('the pool', () => {
  it('lends at most max connections and replaces broken ones', async () => {
    const pids = await Promise.all(
      Array.from({ length: 6 }, () =>
        pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid, pg_sleep(0.01)'),
      ),
    );
    expect(new Set(pids.map(({ rows }) => rows[0]!.pid)).size).toBeLessThanOrEqual(2);
    await expect(pool.query('SELECT pg_terminate_backend(pg_backend_pid())')).rejects.toSatisfy(isTransient);
    expect((await pool.query('SELECT 1')).rowCount).toBe(1);
  });
});

describe('COPY to the client', () => {
  it('gives tuples of raw fields, however the bytes are cut', async () => {
    await withConnection(async (connection) => {
      const text = `COPY (SELECT i, CASE WHEN i % 3 = 0 THEN repeat('x', i * 100)::bytea END FROM generate_series(1, 300) i) TO STDOUT (FORMAT binary)`;
      let i = 0;
      for await (const [id, bytes] of readTuples(connection.copyOut(text))) {
        expect(id!.readInt32BE()).toBe(++i);
        expect(bytes?.length ?? null).toBe(i % 3 === 0 ? i * 100 : null);
      }
      expect(i).toBe(300);
      expect((await connection.query('SELECT 1')).rowCount).toBe(1);
    });
  });
});

describe('LISTEN', () => {
  it('survives a lost connection and says that something may have been missed', async () => {
    const target = new URL(url);
    const proxy = await startProxy({ host: target.hostname, port: Number(target.port) }, () => ({
      kind: 'none',
    }));
    target.port = String(proxy.port);
    const heard: string[] = [];
    let gaps = 0;
    const gapNumber = (n: number) => expect.poll(() => gaps, { timeout: 10_000 }).toBe(n);
    const subscription = subscribe(target.href, { applicationName: 'listener' }, ['odd "channel"'], {
      onNotification: ({ payload }) => heard.push(payload),
      onGap: () => gaps++,
    });
    await subscription.ready;
    await gapNumber(1);
    const notify = (payload: string) => pool.query('SELECT pg_notify($1, $2)', ['odd "channel"', payload]);
    await notify('one');
    await expect.poll(() => heard).toEqual(['one']);
    await pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'listener'`,
    );
    await gapNumber(2);
    await notify('two');
    await expect.poll(() => heard).toEqual(['one', 'two']);
    await subscription.close();
    await proxy.close();
  });
});

describe('identifiers', () => {
  it('are quoted', async () => {
    const name = 'we"ird; DROP TABLE t';
    expect((await pool.query(`SELECT 1 AS ${quoteIdent(name)}`)).rows).toEqual([{ [name]: 1 }]);
    expect(() => quoteIdent('a\0b')).toThrow(RangeError);
  });
});
