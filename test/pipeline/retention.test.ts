import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Retention } from '../../src/pipeline/retention.ts';
import { trim } from '../../src/pipeline/retention.ts';
import { startUpkeep } from '../../src/pipeline/upkeep.ts';
import { migrate } from '../../src/postgres/migrations.ts';
import { Pool } from '../../src/postgres/pool.ts';
import { until } from '../integration/eventually.ts';
import { freshDatabase } from '../setup/parts.ts';

let pool: Pool;
const FOR_EVER = { keepMs: null, keepRows: null };
const HOUR = { keepMs: 3_600_000, keepRows: null };
const NOTHING: Retention = { requests: FOR_EVER, lateRows: FOR_EVER, deadLetters: FOR_EVER };

beforeAll(async () => {
  const { url } = await freshDatabase();
  await migrate(url);
  pool = new Pool(url, { applicationName: 'test', max: 3 });
});

afterAll(() => pool.close());

/** Row i of ten is i times ten minutes old. */
beforeEach(async () => {
  await pool.query(
    'TRUNCATE millrace.requests, millrace.late_rows, millrace.dead_letters, millrace.trimmed_rows CASCADE',
  );
  await pool.query(
    `INSERT INTO millrace.requests (sql, status, submitted_at)
     SELECT i::text, CASE WHEN i IN (8, 9) THEN 'waiting' ELSE 'done' END, now() - i * interval '10 minutes'
       FROM generate_series(9, 0, -1) i`,
  );
  await pool.query(
    `INSERT INTO millrace.late_rows (pipeline_id, source_id, partition, "offset", event_time, watermark, epoch, seen_at)
     SELECT p, 7, 0, 9 - i, now(), now(), 9 - i, now() - i * interval '10 minutes'
       FROM generate_series(0, 9) i, generate_series(1, 2) p`,
  );
  await pool.query(
    `INSERT INTO millrace.dead_letters (source_id, partition, "offset", code, message, pipeline_id, seen_at)
     SELECT s, 0, 9 - i, 'NOT_JSON', '', 1, now() - i * interval '10 minutes'
       FROM generate_series(0, 9) i, generate_series(7, 8) s`,
  );
});

const list = async (text: string): Promise<readonly string[]> =>
  (await pool.query<{ t: string }>(text)).rows.map(({ t }) => t);
const requests = () => list('SELECT sql AS t FROM millrace.requests ORDER BY sql');
const lateRows = () => list(`SELECT pipeline_id || ':' || "offset" AS t FROM millrace.late_rows ORDER BY 1`);
const trimmed = () =>
  list(
    `SELECT what || ' ' || pipeline_id || ' ' || source_id || ': ' || rows AS t FROM millrace.trimmed_rows ORDER BY 1`,
  );

describe('retention', () => {
  it('without bounds removes nothing', async () => {
    expect(await trim(pool, NOTHING)).toBe(0);
    expect(await trimmed()).toEqual([]);
  });

  it('removes requests that are too old, but none that still waits', async () => {
    expect(await trim(pool, { ...NOTHING, requests: HOUR })).toBe(2);
    expect(await requests()).toEqual(['0', '1', '2', '3', '4', '5', '8', '9']);
  });

  it('removes late rows beyond the number of each pipeline, the oldest first, and counts them', async () => {
    expect(await trim(pool, { ...NOTHING, lateRows: { keepMs: null, keepRows: 3 } }, 4)).toBe(14);
    expect(await lateRows()).toEqual(['1:7', '1:8', '1:9', '2:7', '2:8', '2:9']);
    expect(await trimmed()).toEqual(['late rows 1 7: 7', 'late rows 2 7: 7']);
  });

  it('adds to what it has counted before', async () => {
    await trim(pool, { ...NOTHING, deadLetters: HOUR }, 3);
    await trim(pool, { ...NOTHING, deadLetters: { keepMs: null, keepRows: 1 } }, 3);
    expect(await list('SELECT source_id::text AS t FROM millrace.dead_letters ORDER BY 1')).toEqual([
      '7',
      '8',
    ]);
    expect(await trimmed()).toEqual(['dead letters 1 7: 9', 'dead letters 1 8: 9']);
  });

  it('is applied now and then, and after an error again', async () => {
    const warnings: string[] = [];
    await pool.query('ALTER TABLE millrace.requests RENAME TO hidden');
    const upkeep = startUpkeep({
      pool,
      retention: { ...NOTHING, requests: HOUR },
      everyMs: 20,
      log: (level, message) => void (level === 'warn' && warnings.push(message)),
    });
    await until('it complains', () => warnings.length > 0);
    await pool.query('ALTER TABLE millrace.hidden RENAME TO requests');
    await until('it is done', async () => (await requests()).length === 8);
    await upkeep.stop();
  });
});
