// Kafka sinks on the real parts: what a consumer of committed records sees is what the view went through, once, in each format,
// whenever the sink is made and however often the service is killed.

import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, onTestFailed, test } from 'vitest';
import { Pool } from '../../src/postgres/pool.ts';
import { newTopic, produce, readTopic, withAdmin } from '../kafka/live.ts';
import type { Row } from '../kafka/live.ts';
import { describeKafka, freshDatabase } from '../setup/parts.ts';
import { committedRecords, compacted } from './committed.ts';
import { openService, spawnService, submit, until } from './service.ts';
import { testSeed } from '../setup/seed.ts';

let url: string;
beforeAll(async () => {
  ({ url } = await freshDatabase());
});

function source(name: string, topic: string): string {
  return `CREATE SOURCE ${name} (k TEXT, v BIGINT) WITH (connector = 'kafka', topic = '${topic}') FORMAT PLAIN ENCODE JSON;`;
}

function records(from: number, to: number, keys: number) {
  return Array.from({ length: to - from }, (_, i) => ({
    value: JSON.stringify({ k: `k${(from + i) % keys}`, v: from + i }),
  }));
}

/** Positions, as far as they order records: epoch, part, index. */
function positions(rows: readonly Row[]): (readonly number[])[] {
  return rows.map((row) =>
    row.headers
      .replace(/^millrace-position=[0-9a-f-]{36}:/, '')
      .split(':')
      .map(Number),
  );
}

async function delivered(pool: Pool, sink: string): Promise<boolean> {
  const { rows } = await pool.query<{ done: boolean }>(
    `SELECT s.delivery = 'running' AND coalesce(s.delivered_epoch >= (
              SELECT max(c.epoch) FROM millrace.changelog c
                JOIN millrace.sink_relays r ON r.log_id = c.view_id
                JOIN millrace.catalog k ON k.id = 'k' || r.sink_id WHERE k.name = $1), s.delivered_epoch IS NOT NULL) AS done
       FROM millrace.sinks s WHERE s.name = $1`,
    [sink],
  );
  return rows[0]?.done === true;
}

async function sum(pool: Pool, view: string, column: string): Promise<number> {
  const { rows } = await pool.query<{ n: string | null }>(`SELECT sum(${column})::text AS n FROM ${view}`);
  return Number(rows[0]!.n ?? 0);
}

async function count(pool: Pool, view: string): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${view}`);
  return rows[0]!.n;
}

describeKafka('a Kafka sink', () => {
  test('UPSERT from a view that is there: its rows first, then its changes, tombstones for what leaves', async () => {
    const [input, output] = [await newTopic(), await newTopic({ partitions: 3 })];
    await produce(input, records(0, 500, 50));
    const open = await openService(url);
    await submit(open, source('up', input));
    await submit(
      open,
      `CREATE MATERIALIZED VIEW up_v AS SELECT k, count(*) AS n, sum(v) AS s FROM up GROUP BY k HAVING count(*) <> 13;`,
    );
    await until('the view has its rows', async () => (await sum(open.pool, 'up_v', 'n')) === 500);
    await submit(
      open,
      `CREATE SINK up_s FROM up_v WITH (connector = 'kafka', topic = '${output}') FORMAT UPSERT ENCODE JSON;`,
    );
    await until('the snapshot is delivered', () => delivered(open.pool, 'up_s'));
    for (let from = 500; from < 650; from += 10) await produce(input, records(from, from + 10, 50));
    await until('the view follows', async () => (await sum(open.pool, 'up_v', 'n')) === 0);
    await until('its changes are delivered', () => delivered(open.pool, 'up_s'));
    const rows = await readTopic(output);
    expect(rows.filter(({ value }) => value === null)).toHaveLength(50);
    expect(compacted(rows).size).toBe(0);
    await produce(input, records(650, 700, 50));
    await until('the rows are back', async () => (await sum(open.pool, 'up_v', 'n')) === 700);
    await until('which is delivered', () => delivered(open.pool, 'up_s'));
    const { rows: inView } = await open.pool.query<{ k: string; n: string; s: string }>(
      'SELECT k, n::text, s::text FROM up_v',
    );
    expect(compacted(await readTopic(output))).toEqual(
      new Map(inView.map(({ k, n, s }) => [JSON.stringify({ k }), { k, n: Number(n), s: Number(s) }])),
    );
  });

  test('DEBEZIUM: every change of a row begins where the one before it ended', async () => {
    const [input, output] = [await newTopic(), await newTopic()];
    const open = await openService(url);
    await submit(
      open,
      `${source('deb', input)}
       CREATE MATERIALIZED VIEW deb_v AS SELECT k, count(*) AS n FROM deb GROUP BY k HAVING count(*) <> 3;
       CREATE SINK deb_s FROM deb_v WITH (connector = 'kafka', topic = '${output}') FORMAT DEBEZIUM ENCODE JSON;`,
    );
    for (const [from, to, rows] of [
      [0, 40, 40],
      [40, 60, 0],
      [60, 140, 140],
    ] as const) {
      await produce(input, records(from, to, 20));
      await until(`the view has ${rows}`, async () => (await sum(open.pool, 'deb_v', 'n')) === rows);
    }
    await produce(input, records(140, 200, 20));
    await until('the view has all', async () => (await sum(open.pool, 'deb_v', 'n')) === 200);
    await until('the sink has all', () => delivered(open.pool, 'deb_s'));
    const state = new Map<string, unknown>();
    const ops = new Set<string>();
    for (const { key, value } of await readTopic(output)) {
      if (value === null) {
        expect(state.has(key!), `tombstone of ${key}`).toBe(false);
        continue;
      }
      const { before, after, op, source } = JSON.parse(value) as Record<string, unknown>;
      expect(before).toEqual(state.get(key!) ?? null);
      expect(before === null ? ['c', 'r'] : after === null ? ['d'] : ['u']).toContain(op);
      expect(source).toMatchObject({ connector: 'millrace', table: 'deb_v' });
      ops.add(String(op));
      if (after === null) state.delete(key!);
      else state.set(key!, after);
    }
    expect([...state.values()]).toEqual(
      expect.arrayContaining(Array.from({ length: 20 }, (_, i) => ({ k: `k${i}`, n: 10 }))),
    );
    expect(ops).toEqual(new Set(['c', 'u', 'd']));
  });

  test('PLAIN from a query: through kills of the service every row is there once, in the order of its position', async () => {
    const seed = testSeed();
    onTestFailed(() => console.log(`seed ${seed}`));
    const { url: own } = await freshDatabase();
    const [input, output] = [await newTopic({ partitions: 2 }), await newTopic({ partitions: 3 })];
    const opened = await openService(own);
    await submit(
      opened,
      `${source('pl', input)}
       CREATE SINK pl_s AS SELECT v, k FROM pl WHERE v % 7 <> 0
         WITH (connector = 'kafka', topic = '${output}') FORMAT PLAIN ENCODE JSON;`,
    );
    await opened.close();
    const pool = new Pool(own, { applicationName: 'test sink' });
    const total = 12_000;
    const feeding = (async () => {
      for (let from = 0; from < total; from += 200) {
        await produce(input, records(from, from + 200, 10));
        await sleep(60);
      }
    })();
    let random = seed;
    const next = (below: number): number => (random = (random * 48271 + 11) % 2147483647) % below;
    for (let kills = 0; kills < 5; kills++) {
      const service = await spawnService(own);
      await sleep(100 + next(900));
      await service.kill();
    }
    await feeding;
    const last = await spawnService(own);
    const expected = Array.from({ length: total }, (_, v) => v).filter((v) => v % 7 !== 0);
    await until(
      'all is delivered',
      async () => (await committedRecords(output)).length >= expected.length,
      40_000,
    );
    await until('and noted', () => delivered(pool, 'pl_s'));
    await last.kill();
    const rows = await committedRecords(output);
    expect(rows.map(({ value }) => (JSON.parse(value!) as { v: number }).v).sort((a, b) => a - b)).toEqual(
      expected,
    );
    expect(new Set(rows.map(({ position }) => position)).size).toBe(expected.length);
    const again = await readTopic(output);
    for (let p = 0; p < 3; p++) {
      const own = positions(again.filter(({ partition }) => partition === p));
      expect(own).toEqual(own.toSorted((a, b) => a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]!));
    }
    await pool.close();
  }, 90_000);

  test('a transaction whose note was lost is found in the topic, and not written again', async () => {
    const { url: own } = await freshDatabase();
    const [input, output] = [await newTopic(), await newTopic({ partitions: 2 })];
    const open = await openService(own);
    await open.pool.query(
      `CREATE SEQUENCE noted;
       CREATE FUNCTION lose_note() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN IF nextval('noted') % 2 = 1 THEN RAISE 'the note is lost'; END IF; RETURN NEW; END $$`,
    );
    await open.pool.query(
      `CREATE TRIGGER lose BEFORE UPDATE ON millrace.sink_relays FOR EACH ROW
         WHEN (NEW.records > OLD.records) EXECUTE FUNCTION lose_note()`,
    );
    await submit(
      open,
      `${source('lost', input)}
       CREATE SINK lost_s AS SELECT v FROM lost WITH (connector = 'kafka', topic = '${output}') FORMAT PLAIN ENCODE JSON;`,
    );
    for (let from = 0; from < 60; from += 10) {
      await produce(input, records(from, from + 10, 1));
      await sleep(150);
    }
    await until('all is delivered', () => delivered(open.pool, 'lost_s'));
    const { rows } = await open.pool.query<{ lost: bigint }>('SELECT last_value AS lost FROM noted');
    expect(Number(rows[0]!.lost)).toBeGreaterThan(1);
    const values = (await committedRecords(output)).map(
      ({ value }) => (JSON.parse(value!) as { v: number }).v,
    );
    expect(values.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, v) => v));
  });

  test('a database that was restored to an earlier state is refused; with the choice made, the sink goes on', async () => {
    const { url: own } = await freshDatabase();
    const [input, output] = [await newTopic(), await newTopic()];
    const open = await openService(own);
    await submit(
      open,
      `${source('res', input)}
       CREATE SINK res_s AS SELECT v FROM res WITH (connector = 'kafka', topic = '${output}') FORMAT PLAIN ENCODE JSON;`,
    );
    await produce(input, records(0, 10, 1));
    await until('the first rows are delivered', async () => (await readTopic(output)).length === 10);
    await until('and noted', () => delivered(open.pool, 'res_s'));
    const { rows } = await open.pool.query<{ epoch: bigint; offsets: object; sink_id: bigint }>(
      'SELECT epoch, offsets, sink_id FROM millrace.sink_relays',
    );
    const { epoch, offsets, sink_id } = rows[0]!;
    await produce(input, records(10, 20, 1));
    await until('more rows are delivered', async () => (await readTopic(output)).length === 20);
    await open.close();
    const pool = new Pool(own, { applicationName: 'test restore' });
    await pool.query('UPDATE millrace.sink_relays SET epoch = $1, offsets = $2, intent = NULL', [
      epoch,
      JSON.stringify(offsets),
    ]);
    const restored = await openService(own);
    const failed = async (): Promise<boolean> => {
      const { rows: found } = await pool.query<{ delivery: string; delivery_cause: string }>(
        'SELECT delivery, delivery_cause FROM millrace.sinks',
      );
      return found[0]!.delivery === 'failed' && found[0]!.delivery_cause.includes('SINK_AHEAD');
    };
    await until('the sink is refused', failed);
    expect(await readTopic(output)).toHaveLength(20);
    await restored.close();
    await pool.query(
      `UPDATE millrace.catalog SET definition = jsonb_set(definition, '{connector,whenAhead}', '"continue"') WHERE id = $1`,
      [`k${sink_id}`],
    );
    const chosen = await openService(own);
    await until('it has gone on', async () => (await readTopic(output)).length === 30);
    const heads = (await readTopic(output)).map((row) => row.headers.slice(0, 54));
    expect(new Set(heads.slice(0, 20)).size).toBe(1);
    expect(new Set(heads).size).toBe(2);
    await chosen.close();
    await pool.close();
  });

  test('what does not exist is refused at once; a paused sink holds nothing else up, and leaves nothing behind when it is dropped', async () => {
    const [input, output] = [await newTopic(), await newTopic()];
    const open = await openService(url);
    await submit(
      open,
      `${source('gone', input)}
       CREATE MATERIALIZED VIEW gone_v AS SELECT count(*) AS n FROM gone;`,
    );
    await expect(
      submit(
        open,
        `CREATE SINK nowhere FROM gone_v WITH (connector = 'kafka', topic = '${output}x') FORMAT UPSERT ENCODE JSON`,
      ),
    ).rejects.toMatchObject({ code: 'TOPIC_NOT_FOUND' });
    await expect(
      submit(
        open,
        `CREATE SINK unreached FROM gone_v WITH (connector = 'kafka', topic = '${output}',
           properties.bootstrap.server = '127.0.0.1:1') FORMAT UPSERT ENCODE JSON`,
      ),
    ).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE' });
    await submit(
      open,
      `CREATE SINK gone_s FROM gone_v WITH (connector = 'kafka', topic = '${output}') FORMAT UPSERT ENCODE JSON`,
    );
    await until('the first row is delivered', () => delivered(open.pool, 'gone_s'));
    await submit(open, 'ALTER SINK gone_s PAUSE');
    await produce(input, records(0, 100, 1));
    await until('the view goes on', async () => (await sum(open.pool, 'gone_v', 'n')) === 100);
    expect(await delivered(open.pool, 'gone_s')).toBe(false);
    await submit(open, 'ALTER SINK gone_s RESUME');
    await until('the rest is delivered', () => delivered(open.pool, 'gone_s'));
    expect(compacted(await readTopic(output))).toEqual(new Map([['{}', { n: 100 }]]));
    await submit(open, 'DROP SINK gone_s');
    const { rows } = await open.pool.query<{ n: number }>(
      "SELECT count(*)::int AS n FROM millrace.changelog_readers WHERE reader LIKE 'sink %'",
    );
    const { rows: sinks } = await open.pool.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM millrace.sink_relays',
    );
    expect(rows[0]!.n).toBe(sinks[0]!.n);
  });

  test('a topic that is deleted degrades the sink and nothing else; another topic of its name is refused', async () => {
    const [input, output] = [await newTopic(), await newTopic()];
    const open = await openService(url);
    await submit(
      open,
      `${source('del', input)}
       CREATE MATERIALIZED VIEW del_v AS SELECT count(*) AS n FROM del;
       CREATE SINK del_s FROM del_v WITH (connector = 'kafka', topic = '${output}') FORMAT UPSERT ENCODE JSON;`,
    );
    await until('the first row is delivered', () => delivered(open.pool, 'del_s'));
    const state = async (): Promise<string> => {
      const { rows } = await open.pool.query<{ state: string }>(
        "SELECT delivery || ' ' || coalesce(delivery_cause, '') AS state FROM millrace.sinks WHERE name = 'del_s'",
      );
      return rows[0]!.state;
    };
    await withAdmin((admin) => admin.deleteTopic(output));
    await produce(input, records(0, 50, 1));
    await until('the view goes on', async () => (await sum(open.pool, 'del_v', 'n')) === 50);
    await until('the sink is degraded', async () => (await state()).startsWith('degraded'));
    expect(await state()).toContain('TOPIC_NOT_FOUND');
    await newTopic({ topic: output });
    await until('it is refused', async () => (await state()).startsWith('failed'));
    expect(await state()).toContain('TOPIC_RECREATED');
    await produce(input, records(50, 60, 1));
    await until('the view still goes on', async () => (await sum(open.pool, 'del_v', 'n')) === 60);
    expect(await readTopic(output)).toEqual([]);
  });

  test('first rows that take longer than a transaction may are refused, and leave none open', async () => {
    const [input, output] = [await newTopic(), await newTopic()];
    const open = await openService(url);
    await produce(input, records(0, 20_000, 20_000));
    await submit(open, source('big', input));
    await submit(open, 'CREATE MATERIALIZED VIEW big_v AS SELECT k, sum(v) AS v FROM big GROUP BY k;');
    await until('the view has its rows', async () => (await count(open.pool, 'big_v')) === 20_000);
    const create = (timeout: string): Promise<void> =>
      submit(
        open,
        `CREATE SINK big_s FROM big_v WITH (connector = 'kafka', topic = '${output}', transaction_timeout = '${timeout}')
           FORMAT UPSERT ENCODE JSON;`,
      );
    await create('20 ms');
    const state = async (): Promise<string> => {
      const { rows } = await open.pool.query<{ state: string }>(
        "SELECT delivery || ' ' || coalesce(delivery_cause, '') AS state FROM millrace.sinks WHERE name = 'big_s'",
      );
      return rows[0]!.state;
    };
    await until('it is refused', async () => (await state()).startsWith('failed'));
    expect(await state()).toContain('SINK_SNAPSHOT_TOO_LARGE');
    expect(await committedRecords(output)).toEqual([]);
    await submit(open, 'DROP SINK big_s');
    await create('60 s');
    await until('it is delivered', () => delivered(open.pool, 'big_s'));
    expect(compacted(await committedRecords(output)).size).toBe(20_000);
  });
});
