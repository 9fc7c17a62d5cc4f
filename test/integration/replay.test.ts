// ALTER SOURCE … REPLAY DEAD LETTERS: what is valid after its bytes were mended becomes a row, once, in every pipeline that met it, also
// when the service is killed in the commit that does it; what is still invalid stays a dead letter.

import { expect, it } from 'vitest';
import type { Connection } from '../../src/postgres/connection.ts';
import { newTopic, produce } from '../kafka/live.ts';
import { describeKafka, freshDatabase } from '../setup/parts.ts';
import { CommitGate } from './commit-gate.ts';
import { eventually, until } from './eventually.ts';
import { launchService, millrace, openConnection, startService, submit } from './service.ts';

const VALUES = ['{"n":1}', '{"n":"2"}', '{"n":3}', '{"n":"4"}', 'five', '{"n":6}', '{"n":"7"}'];

const mend = (connection: Connection, offset: number, value: string) =>
  connection.query('UPDATE millrace.dead_letters SET raw = $2 WHERE "offset" = $1', [
    offset,
    Buffer.from(value),
  ]);

/** Offsets by state, of one pipeline. */
async function statesOf(connection: Connection, view: string): Promise<Record<string, number[]>> {
  const { rows } = await connection.query<{ state: string; offsets: number[] }>(
    `SELECT r.state, array_agg(r."offset"::int ORDER BY r."offset") AS offsets FROM millrace.dead_letter_readers r
       JOIN millrace.catalog c USING (pipeline_id) WHERE c.name = $1 GROUP BY 1`,
    [view],
  );
  return Object.fromEntries(rows.map(({ state, offsets }) => [state, offsets]));
}

async function awaitSum(connection: Connection, view: string, n: number, sum: number): Promise<void> {
  let seen = '';
  await until(
    `${view} has ${n} rows of sum ${sum}`,
    async () => {
      const { rows } = await connection.query(`SELECT n::int, total::int FROM ${view}`);
      seen = JSON.stringify(rows);
      return seen === JSON.stringify([{ n, total: sum }]);
    },
    () => seen,
  );
}

describeKafka('replayed dead letters', () => {
  it(
    'are taken in once, by every pipeline that met them, also over a kill',
    { timeout: 180_000 },
    async () => {
      const { url } = await freshDatabase();
      const topic = await newTopic();
      const first = await startService({ databaseUrl: url });
      const connection = await openConnection(url);
      const holder = await openConnection(url);
      await submit(
        connection,
        `CREATE SOURCE r (n INTEGER) WITH (connector = 'kafka', topic = '${topic}', scan.startup.mode = 'earliest')
         FORMAT PLAIN ENCODE JSON;
       CREATE MATERIALIZED VIEW a AS SELECT count(*) AS n, sum(n) AS total FROM r;`,
      );
      await submit(
        connection,
        'CREATE MATERIALIZED VIEW b AS SELECT count(*) AS n, sum(n) AS total FROM r WHERE n > 1;',
      );
      await produce(
        topic,
        VALUES.map((value) => ({ value, partition: 0 })),
      );
      await awaitSum(connection, 'a', 3, 10);
      await awaitSum(connection, 'b', 2, 9);
      expect(await statesOf(connection, 'a')).toEqual({ dead: [1, 3, 4, 6] });

      await mend(connection, 1, '{"n":2}');
      await mend(connection, 4, '{"n":5}');
      const { code, stdout } = await millrace(['replay', 'r'], first.env);
      expect([code, stdout]).toEqual([0, '4 dead letters are decoded again\nREPLAY DEAD LETTERS r\n']);
      await awaitSum(connection, 'a', 5, 17);
      await awaitSum(connection, 'b', 4, 16);
      for (const view of ['a', 'b'])
        expect(await statesOf(connection, view)).toEqual({ dead: [3, 6], replayed: [1, 4] });

      // Asked for while nothing is mended: nothing is doubled, nothing is lost.
      const answer = await fetch(`${first.api}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: 'mutation { replayDeadLetters(name: "r") { notices } }' }),
      });
      expect(await answer.json()).toEqual({
        data: { replayDeadLetters: { notices: ['2 dead letters are decoded again'] } },
      });
      await eventually('both are dead again', async () =>
        JSON.stringify(await statesOf(connection, 'b')) === JSON.stringify({ dead: [3, 6], replayed: [1, 4] })
          ? true
          : undefined,
      );
      expect(await first.stop()).toBe(0);

      // Killed in the commit that takes one in.
      await mend(connection, 3, '{"n":4}');
      await connection.query(
        `UPDATE millrace.dead_letter_readers SET state = 'requested' WHERE "offset" = 3`,
      );
      const gate = await CommitGate.close(holder, connection, 'millrace.dead_letter_readers');
      const second = await startService({ databaseUrl: url });
      const standing = await gate.awaitStanding(2);
      await second.killOutright();
      await gate.rollBack(standing);
      await gate.open();
      await awaitSum(connection, 'a', 5, 17);

      const last = await launchService({ databaseUrl: url, seconds: 2 });
      expect(await last.ended, last.output()).toBe(0);
      await awaitSum(connection, 'a', 6, 21);
      await awaitSum(connection, 'b', 5, 20);
      for (const view of ['a', 'b'])
        expect(await statesOf(connection, view)).toEqual({ dead: [6], replayed: [1, 3, 4] });
      expect(last.output()).toMatch(/^equal +a: 1 rows/m);
      expect(last.output()).toMatch(/^equal +b: 1 rows/m);
    },
  );
});
