import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rotateChangelog } from '../../src/epoch/changelog-rotation.ts';
import { migrate } from '../../src/postgres/migrations.ts';
import { Pool } from '../../src/postgres/pool.ts';
import { freshDatabase } from '../setup/parts.ts';

let pool: Pool;
const VIEW = 5;
const AT_ONCE = { keepMs: 0, periodMs: 0, maxBytes: 1e12 };
const NEVER = { keepMs: 3_600_000, periodMs: 3_600_000, maxBytes: 1e12 };

beforeAll(async () => {
  const { url } = await freshDatabase();
  await migrate(url);
  pool = new Pool(url, { applicationName: 'test', max: 4 });
});

afterAll(() => pool.close());

const append = (epoch: number, bytes = 1) =>
  pool.query(
    `INSERT INTO millrace.changelog SELECT max(slot), 1, $1, $2, 0, 1, decode(repeat('ab', $3), 'hex')
       FROM millrace.changelog_slots WHERE opened_at <= now()`,
    [VIEW, epoch, bytes],
  );

const column = async (text: string): Promise<readonly number[]> =>
  (await pool.query<{ n: bigint | number }>(text)).rows.map(({ n }) => Number(n));
const epochs = () => column('SELECT epoch AS n FROM millrace.changelog ORDER BY epoch');
const trimmed = () => column('SELECT epoch AS n FROM millrace.changelog_trimmed');

describe('the rotation of the change log', () => {
  it('does nothing before its time', async () => {
    await append(1);
    expect(await rotateChangelog(pool, NEVER)).toEqual({ opened: 0, dropped: 0 });
  });

  it('keeps what a registered reader has not read, and drops the rest, saying up to where', async () => {
    await pool.query('INSERT INTO millrace.changelog_readers (reader, view_id, epoch) VALUES ($1, $2, 0)', [
      'r',
      VIEW,
    ]);
    expect(await rotateChangelog(pool, AT_ONCE)).toEqual({ opened: 1, dropped: 0 });
    await append(2);
    expect(await epochs()).toEqual([1, 2]);
    await pool.query('UPDATE millrace.changelog_readers SET epoch = 1');
    await delay(2);
    expect(await rotateChangelog(pool, { ...AT_ONCE, periodMs: 3_600_000 })).toEqual({
      opened: 0,
      dropped: 1,
    });
    expect(await epochs()).toEqual([2]);
    expect(await trimmed()).toEqual([1]);
  });

  it('drops over its cap all the same, and marks the readers that it leaves behind', async () => {
    await append(3, 300_000);
    await rotateChangelog(pool, { keepMs: 3_600_000, periodMs: 0, maxBytes: 1e12 });
    await append(4);
    expect(await rotateChangelog(pool, { ...NEVER, maxBytes: 250_000 })).toMatchObject({ dropped: 1 });
    expect(await epochs()).toEqual([4]);
    expect(await trimmed()).toEqual([3]);
    expect(await column('SELECT lost::int AS n FROM millrace.changelog_readers')).toEqual([1]);
  });

  it('keeps nothing for a reader that is lost', async () => {
    await rotateChangelog(pool, { keepMs: 3_600_000, periodMs: 0, maxBytes: 1e12 });
    await delay(2);
    await rotateChangelog(pool, { ...AT_ONCE, periodMs: 3_600_000 });
    expect(await epochs()).toEqual([]);
  });

  it('goes on where a rotation that died left off, and stops nobody who writes meanwhile', async () => {
    await rotateChangelog(pool, { keepMs: 3_600_000, periodMs: 0, maxBytes: 1e12 });
    const [oldest] = await column('SELECT min(slot) AS n FROM millrace.changelog_slots');
    await pool.query('DELETE FROM millrace.changelog_slots WHERE slot = $1', [oldest]);
    let writing = true;
    let epoch = 10;
    const writer = (async () => {
      while (writing) await append(epoch++);
    })();
    for (let i = 0; i < 5; i++) await rotateChangelog(pool, { ...AT_ONCE, keepMs: 3_600_000 });
    writing = false;
    await writer;
    expect(await epochs()).toEqual(Array.from({ length: epoch - 10 }, (_, i) => i + 10));
    const partitions = await column(
      `SELECT count(*) AS n FROM pg_inherits WHERE inhparent = 'millrace.changelog'::regclass`,
    );
    expect(partitions).toEqual(await column('SELECT count(*) AS n FROM millrace.changelog_slots'));
  });

  it('is done by one at a time', async () => {
    const reports = await Promise.all([1, 2, 3].map(() => rotateChangelog(pool, { ...NEVER, periodMs: 0 })));
    expect(reports.some(({ opened }) => opened === 1)).toBe(true);
  });
});
