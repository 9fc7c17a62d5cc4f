// A pool whose connections are all lent says so; it does not say that Postgres is away.

import { expect, onTestFinished, test } from 'vitest';
import { Pool } from '../../src/postgres/pool.ts';
import { isTransient } from '../../src/postgres/sql-errors.ts';
import { freshDatabase } from '../setup/parts.ts';

test('who waits too long for a lent connection is told that all are in use', async () => {
  const { url } = await freshDatabase();
  const pool = new Pool(url, { applicationName: 'test', max: 2, connectTimeoutMs: 500 });
  onTestFinished(() => pool.close());
  await pool.query('SELECT 1');
  let free = (): void => undefined;
  const until = new Promise<void>((resolve) => (free = resolve));
  const lent = [1, 2].map(() => pool.use(() => until));
  const error: unknown = await pool.query('SELECT 1').catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: 'POSTGRES_BUSY', retryable: true });
  expect(isTransient(error)).toBe(true);
  free();
  await Promise.all(lent);
  expect((await pool.query('SELECT 1')).rowCount).toBe(1);
});

test('a patient pool lends its connections one after the other, however long it takes', async () => {
  const { url } = await freshDatabase();
  const pool = new Pool(url, { applicationName: 'test', max: 2, connectTimeoutMs: 200, patient: true });
  onTestFinished(() => pool.close());
  const ended: number[] = [];
  await Promise.all(
    Array.from({ length: 12 }, async (_, i) => {
      await pool.query('SELECT pg_sleep(0.1)');
      ended.push(i);
    }),
  );
  expect(ended.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i));
  const failed: unknown = await pool.query('SELECT 1 / 0').catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(Error);
  expect((await pool.query('SELECT 1')).rowCount).toBe(1);
});

test('who cannot connect is told that Postgres cannot be reached', async () => {
  const pool = new Pool('postgresql://nobody@127.0.0.1:1/none', { applicationName: 'test', max: 1 });
  onTestFinished(() => pool.close());
  await expect(pool.query('SELECT 1')).rejects.toMatchObject({ code: 'POSTGRES_UNREACHABLE' });
});
