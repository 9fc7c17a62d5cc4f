// What is refused before anything runs, and submissions that have to wait: nobody else waits with them.

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { until } from '../integration/eventually.ts';
import { folder, openConnection } from '../integration/service.ts';
import { openTestEngine, submit } from './engine-fixture.ts';

const STREAM = `CREATE SOURCE bid (auction BIGINT, price BIGINT) WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.rate = '500') FORMAT PLAIN ENCODE JSON;
CREATE MATERIALIZED VIEW per_auction AS SELECT auction, count(*) AS n FROM bid GROUP BY auction;`;

it('DROP of a view that somebody has open waits alone: its pipeline runs, and others are carried out', async () => {
  const open = await openTestEngine();
  await submit(open, STREAM);
  await until('rows', async () => (await open.pool.query('SELECT FROM per_auction LIMIT 1')).rowCount > 0);
  const reader = await openConnection(open.databaseUrl);
  await reader.query('BEGIN');
  await reader.query('SELECT FROM per_auction LIMIT 1');
  const [first, second] = [await openConnection(open.databaseUrl), await openConnection(open.databaseUrl)];
  let dropped = false;
  const drop = first
    .query('CALL millrace.submit($1)', ['DROP MATERIALIZED VIEW per_auction'])
    .then(() => (dropped = true));
  await until('the drop waits', async () => {
    const { rows } = await open.pool.query<{ n: bigint }>(
      `SELECT count(*) AS n FROM millrace.requests WHERE status = 'taken'`,
    );
    return rows[0]!.n === 1n;
  });
  for (const name of ['a', 'b', 'c']) {
    await second.query('CALL millrace.submit($1)', [
      `CREATE MATERIALIZED VIEW ${name} AS SELECT auction FROM bid WHERE price > 100`,
    ]);
    expect(dropped).toBe(false);
    expect(open.engine.pipelines()[0]!.state).toBe('running');
  }
  const epochs = open.engine.pipelines()[0]!.runner.totals!.epochs;
  await until('it goes on', () => open.engine.pipelines()[0]!.runner.totals!.epochs > epochs);
  await reader.query('COMMIT');
  await drop;
  expect(open.engine.catalog.find({ name: 'per_auction' })).toBeUndefined();
});

it('files outside the folder for files are refused when they are submitted, at their place', async () => {
  const root = folder('files');
  const outside = folder('outside');
  writeFileSync(join(outside, 'secret.jsonl'), '{"id": 1}\n');
  mkdirSync(join(root, 'data'));
  symlinkSync(outside, join(root, 'data', 'link'));
  const open = await openTestEngine({ fileRoot: root });
  const source = (path: string): string =>
    `CREATE SOURCE s (id BIGINT) WITH (connector = 'file', path = '${path}') FORMAT PLAIN ENCODE JSON`;
  for (const path of ['../outside', join(outside, 'secret.jsonl'), 'data/link/secret.jsonl']) {
    const text = source(path);
    await expect(submit(open, text)).rejects.toMatchObject({
      code: 'FILE_NOT_ALLOWED',
      span: { offset: text.indexOf(`'${path}'`), end: text.indexOf(`'${path}'`) + path.length + 2 },
    });
  }
  await expect(submit(open, source('data/none.jsonl'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  writeFileSync(join(root, 'data', 'here.jsonl'), '{"id": 1}\n');
  await submit(open, source('data/here.jsonl'));
  await submit(open, 'CREATE MATERIALIZED VIEW ids AS SELECT id FROM s');
  const sink = (path: string): string =>
    `CREATE SINK k AS SELECT id FROM s WITH (connector = 'file', path = '${path}')`;
  for (const path of ['../out.jsonl', 'data/link/out.jsonl', 'data/link/new/out.jsonl', 'data/'])
    await expect(submit(open, sink(path))).rejects.toMatchObject({ code: 'FILE_NOT_ALLOWED' });
  expect(open.engine.catalog.list()).toHaveLength(2);
  await submit(open, sink('made/out.jsonl'));
});

it('a text that is too large is told so, also by psql', async () => {
  const open = await openTestEngine();
  const connection = await openConnection(open.databaseUrl);
  const text = `SELECT '${'x'.repeat(10 * 1024 * 1024)}'`;
  await expect(connection.query('CALL millrace.submit($1)', [text])).rejects.toThrow(
    /the text has 10485769 bytes, and a submission has at most 1048576 \[SQL_TOO_LARGE\]/,
  );
  await expect(submit(open, text)).rejects.toMatchObject({ code: 'SQL_TOO_LARGE' });
});
