// Records that nobody should have sent, from the topic to millrace.dead_letters, and the good ones among them to the view; once
// each, also when the service is killed between the first statement of their commit and its COMMIT.

import { expect, it } from 'vitest';
import type { Connection } from '../../src/postgres/connection.ts';
import { describeKafka, freshDatabase } from '../setup/parts.ts';
import { newTopic, produce } from '../kafka/live.ts';
import { CommitGate } from './commit-gate.ts';
import { eventually } from './eventually.ts';
import { openConnection, startService, submit } from './service.ts';

const TEN_MB = 10 * 1024 * 1024;

interface Case {
  readonly name: string;
  readonly value: Buffer | null;
  /** Code of the dead letter, or the row. */
  readonly becomes: string | { readonly n: number | null; readonly t: string | null };
}

const text = (name: string, value: string, becomes: Case['becomes']): Case => ({
  name,
  value: Buffer.from(value),
  becomes,
});

/** Every case names itself in column "what" where it can. */
const CASES: readonly Case[] = [
  text('a good record', '{"what":"good","n":1,"t":"one"}', { n: 1, t: 'one' }),
  text('not JSON', 'n=5', 'NOT_JSON'),
  text('nothing at all', '', 'NOT_JSON'),
  text('half of a document', '{"what":"half","n":', 'NOT_JSON'),
  text('something behind it', '{"n":1} {"n":2}', 'NOT_JSON'),
  text('an array', '[{"n":1}]', 'NOT_AN_OBJECT'),
  text('a text for an integer', '{"what":"type","n":"5"}', 'WRONG_TYPE'),
  text('a fraction for an integer', '{"what":"fraction","n":5.5}', 'WRONG_TYPE'),
  text('one too many for an integer', '{"what":"range","n":2147483648}', 'OUT_OF_RANGE'),
  text('a time that no clock shows', '{"what":"time","at":"2024-02-30T00:00:00Z"}', 'OUT_OF_RANGE'),
  text('a time that is none', '{"what":"time","at":"tomorrow"}', 'BAD_TIMESTAMP'),
  text('deep nesting', `{"x":${'['.repeat(300)}${']'.repeat(300)}}`, 'TOO_DEEP'),
  {
    name: 'bytes that are not UTF-8',
    value: Buffer.from([123, 34, 116, 34, 58, 34, 0xff, 34, 125]),
    becomes: 'INVALID_UTF8',
  },
  text('the character that Postgres lacks', '{"t":"a\\u0000b"}', 'NUL_CHARACTER'),
  text('half of a surrogate pair', '{"t":"\\ud800"}', 'LONE_SURROGATE'),
  { name: 'no value', value: null, becomes: 'NULL_VALUE' },
  text('missing fields', '{"what":"missing"}', { n: null, t: null }),
  text('null fields', '{"what":"nulls","n":null,"t":null}', { n: null, t: null }),
  text('unknown fields', '{"what":"unknown","n":7,"more":{"n":8},"t":"x"}', { n: 7, t: 'x' }),
  text('keys twice', '{"what":"twice","n":1,"n":2,"t":"a","t":"b"}', { n: 2, t: 'b' }),
  text('10 MB that nobody reads', `{"what":"wide","n":3,"more":"${'x'.repeat(TEN_MB)}"}`, { n: 3, t: null }),
  text('10 MB in a column', `{"what":"long","n":4,"t":"${'z'.repeat(TEN_MB)}"}`, {
    n: 4,
    t: 'z'.repeat(TEN_MB),
  }),
  text('10 MB that are not JSON', `{"what":"${'y'.repeat(TEN_MB)}"`, 'NOT_JSON'),
];

const good = CASES.filter(({ becomes }) => typeof becomes === 'object');
const bad = CASES.filter(({ becomes }) => typeof becomes === 'string');

const sourceSql = (topic: string, more = ''): string => `
  CREATE SOURCE r (what TEXT, n INTEGER, t TEXT, at TIMESTAMPTZ)
  WITH (connector = 'kafka', topic = '${topic}', scan.startup.mode = 'earliest'${more})
  FORMAT PLAIN ENCODE JSON;
  CREATE MATERIALIZED VIEW good AS SELECT what, n, t FROM r;
  CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM r;`;

async function countedRows(connection: Connection): Promise<number> {
  const { rows } = await connection.query<{ n: string }>('SELECT n::text FROM counted');
  return Number(rows[0]!.n);
}

async function position(connection: Connection): Promise<number> {
  const { rows } = await connection.query<{ read: string }>(
    'SELECT coalesce(sum(next_offset), 0)::text AS read FROM millrace.partition_progress',
  );
  return Number(rows[0]!.read);
}

async function expectEverythingOnce(connection: Connection, rounds: number): Promise<void> {
  const { rows: letters } = await connection.query<{ offset: string; code: string; raw: Buffer | null }>(
    'SELECT "offset"::text, code, raw FROM millrace.dead_letters ORDER BY millrace.dead_letters."offset"',
  );
  const expected = Array.from({ length: rounds }, (_, round) =>
    CASES.flatMap(({ value, becomes }, i) =>
      typeof becomes === 'string'
        ? [{ offset: String(round * CASES.length + i), code: becomes, raw: value }]
        : [],
    ),
  ).flat();
  expect(letters.map(({ offset, code }) => ({ offset, code }))).toEqual(
    expected.map(({ offset, code }) => ({ offset, code })),
  );
  for (const [i, letter] of letters.entries()) expect(sameBytes(letter.raw, expected[i]!.raw)).toBe(true);
  const { rows } = await connection.query<{
    what: string;
    n: number | null;
    t: string | null;
    times: string;
  }>('SELECT what, n, t, count(*)::text AS times FROM good GROUP BY 1, 2, 3 ORDER BY what');
  const whatOf = ({ value }: Case): string => /"what":"(\w+)"/.exec(value!.subarray(0, 60).toString())![1]!;
  expect(rows).toEqual(
    good
      .map((one) => ({ what: whatOf(one), ...(one.becomes as object), times: String(rounds) }))
      .sort((a, b) => (a.what < b.what ? -1 : 1)),
  );
  expect(await countedRows(connection)).toBe(rounds * good.length);
}

function sameBytes(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}

describeKafka('bad records', () => {
  const send = (topic: string) =>
    produce(
      topic,
      CASES.map(({ value }) => ({ value, partition: 0 })),
    );

  it(
    'are kept once with their bytes, the good ones are rows, also across a kill',
    { timeout: 120_000 },
    async () => {
      const { url } = await freshDatabase();
      const topic = await newTopic({ config: { 'max.message.bytes': String(2 * TEN_MB) } });
      const first = await startService({ databaseUrl: url });
      const watcher = await openConnection(url);
      const holder = await openConnection(url);
      await submit(watcher, sourceSql(topic));
      await send(topic);
      await eventually('all are read', async () =>
        (await position(watcher)) === CASES.length ? true : undefined,
      );
      await expectEverythingOnce(watcher, 1);

      const gate = await CommitGate.close(holder, watcher, 'millrace.dead_letters');
      await send(topic);
      const standing = await gate.awaitStanding(1);
      await first.killOutright();
      await gate.rollBack(standing);
      await gate.open();
      await expectEverythingOnce(watcher, 1);

      const second = await startService({ databaseUrl: url });
      await eventually('all are read again', async () =>
        (await position(watcher)) === 2 * CASES.length ? true : undefined,
      );
      await expectEverythingOnce(watcher, 2);
      expect(await second.stop()).toBe(0);
    },
  );

  it(
    'pause the pipeline past max_dead_letters, which goes on when it is told to',
    { timeout: 90_000 },
    async () => {
      const { url } = await freshDatabase();
      const topic = await newTopic({ config: { 'max.message.bytes': String(2 * TEN_MB) } });
      const service = await startService({ databaseUrl: url });
      const watcher = await openConnection(url);
      const stateOf = async () => {
        const { rows } = await watcher.query<{ status: string; paused: boolean; cause: string | null }>(
          'SELECT status, paused, cause FROM millrace.pipelines',
        );
        return rows[0]!;
      };
      await submit(watcher, sourceSql(topic, `, max_dead_letters = ${bad.length - 1}`));
      await send(topic);
      const paused = await eventually('it is paused', async () => {
        const state = await stateOf();
        return state.status === 'paused' && state.paused ? state : undefined;
      });
      expect(paused.cause).toContain('error[TOO_MANY_DEAD_LETTERS]');
      await expectEverythingOnce(watcher, 1);

      // It stays so over a restart: nothing is read while it is paused.
      expect(await service.stop()).toBe(0);
      await startService({ databaseUrl: url });
      await produce(topic, [{ value: '{"what":"good","n":1,"t":"one"}', partition: 0 }]);
      expect(await stateOf()).toEqual(paused);

      await submit(watcher, 'ALTER MATERIALIZED VIEW good RESUME');
      await eventually('it goes on', async () =>
        (await countedRows(watcher)) === good.length + 1 ? true : undefined,
      );
      expect(await stateOf()).toEqual({ status: 'running', paused: false, cause: null });
    },
  );
});
