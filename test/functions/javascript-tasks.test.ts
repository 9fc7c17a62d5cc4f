// Functions in JavaScript in tasks of every isolation, over a restart, with rows that fail; the check says why it does not compare.

import { expect, test } from 'vitest';
import { finished, allVerdicts, openTestEngine, submit } from '../pipeline/engine-fixture.ts';
import { rowsOf, untilSwapped } from '../pipeline/replace-fixture.ts';

const SOURCE = `CREATE SOURCE bid (auction BIGINT, price BIGINT, channel TEXT)
  WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.events = '500', nexmark.partitions = '2')
  FORMAT PLAIN ENCODE JSON;`;
const LABEL = `CREATE FUNCTION label(channel text, n bigint) RETURNS text LANGUAGE javascript AS $$
  if (channel === 'Google') throw new Error('not this one');
  if (channel === 'Apple') for (;;) {}
  return channel.toUpperCase() + ':' + n;
$$;`;
const view = (isolation: string): string => `CREATE MATERIALIZED VIEW in_${isolation} AS
  SELECT channel, label(channel, count(*)) AS label FROM bid GROUP BY channel WITH (parallelism = 2, isolation = '${isolation}');`;
const PLAIN = `CREATE MATERIALIZED VIEW counted AS SELECT channel, count(*) AS n FROM bid GROUP BY channel;`;

test(
  'give the same inline, in threads and in processes, and after a restart',
  { timeout: 120_000 },
  async () => {
    const open = await openTestEngine();
    await submit(open, SOURCE);
    await submit(open, LABEL);
    await submit(open, PLAIN);
    for (const isolation of ['inline', 'thread', 'process']) await submit(open, view(isolation));
    await finished(open);
    const query = `SELECT ROW(channel, upper(channel) || ':' || n)::text AS line FROM counted WHERE channel NOT IN ('Google', 'Apple')`;
    const lines = (await open.pool.query<{ line: string }>(query)).rows;
    const expected = lines.map(({ line }) => line).sort();
    expect(expected.length).toBeGreaterThan(2);
    for (const isolation of ['inline', 'thread', 'process'])
      expect(await rowsOf(open, `in_${isolation}`), isolation).toEqual(expected);
    const { rows } = await open.pool.query<{ message: string; n: string }>(
      'SELECT message, sum(weight)::text AS n FROM millrace.view_errors GROUP BY message ORDER BY message',
    );
    expect(rows).toEqual([
      { message: 'function label: Error: not this one', n: '3' },
      { message: 'function label: it takes more than 200,000 steps', n: '3' },
    ]);
    const verdicts = await allVerdicts(open);
    expect(verdicts.map(({ kind }) => kind)).toEqual(['equal', 'unchecked', 'unchecked', 'unchecked']);
    expect(verdicts[1]).toMatchObject({
      why: 'it calls label, a function in JavaScript, which Postgres cannot compute',
    });
    await open.close();
    const again = await openTestEngine({ databaseUrl: open.databaseUrl });
    await submit(again, view('thread').replace('in_thread', 'once_more'));
    await finished(again);
    expect(await rowsOf(again, 'once_more')).toEqual(expected);
    // What calls the function is built anew with it.
    await submit(again, LABEL.replace('CREATE', 'CREATE OR REPLACE').replace("':'", "'!'"));
    await untilSwapped(again);
    expect(await rowsOf(again, 'in_inline')).toEqual(expected.map((line) => line.replace(':', '!')));
  },
);
