// EXPLAIN ANALYZE: what the nodes of a running view have done, told through psql as through every other door.

import { expect, it } from 'vitest';
import { answerLines } from '../../src/pipeline/answer.ts';
import { finished, openPsql, openTestEngine, submit } from './engine-fixture.ts';

const ROWS = 1000;
const SQL = (parallelism: number): string => `
CREATE SOURCE made (id BIGINT, kind INT)
  WITH (connector = 'datagen', datagen.rows = ${ROWS}, datagen.partitions = '2', fields.id.kind = 'sequence', fields.id.start = '1',
        fields.kind.min = '0', fields.kind.max = '4') FORMAT PLAIN ENCODE JSON;
CREATE MATERIALIZED VIEW kinds WITH (parallelism = ${parallelism}) AS SELECT kind, count(*) AS n FROM made WHERE id <= 600 GROUP BY kind;
CREATE MATERIALIZED VIEW other AS SELECT id FROM made WHERE id > 990;`;

type Line = Readonly<Record<string, string>>;

async function analyze(open: Awaited<ReturnType<typeof openTestEngine>>, what: string) {
  const [answer] = await open.engine.submit(`EXPLAIN ANALYZE ${what};`, { requester: 'test' });
  const { columns, rows } = answer!.table!;
  const lines = rows.map((row): Line => Object.fromEntries(columns.map((name, c) => [name, row[c]!])));
  const one = (operator: string): Line => lines.find((line) => line['operator']!.startsWith(operator))!;
  return { answer: answer!, lines, one };
}

it.each([1, 2])('tells rows, batches, time and state of each node, over %i tasks', async (parallelism) => {
  const open = await openTestEngine();
  await submit(open, SQL(parallelism));
  await finished(open);
  const { answer, lines, one } = await analyze(open, 'kinds');
  expect(answer.notices[0]).toContain(`${ROWS} rows in, by ${parallelism === 1 ? 'one task' : '2 tasks'}`);
  expect(one('scan made')['rows out']).toBe(String(ROWS));
  const aggregate = one('aggregate');
  expect([aggregate['rows in'], aggregate['reads']]).toEqual(['600', one('exchange')['node']]);
  expect(Number(aggregate['state bytes'])).toBeGreaterThan(0);
  const view = one('materialize kinds');
  expect(view['rows in']).toBe(aggregate['rows out']);
  expect(Number(view['rows in'])).toBeGreaterThanOrEqual(5);
  for (const line of lines) {
    expect(Number(line['busy ms']), line['operator']).toBeGreaterThanOrEqual(0);
    expect(Number(line['batches']) <= Number(line['rows out']), line['operator']).toBe(true);
  }
  expect(Number(one('scan made')['busy ms'])).toBeGreaterThan(0);
  // Only what leads to it, and nothing of the other view.
  expect(lines.some((line) => line['operator']!.includes('other'))).toBe(false);
  expect((await analyze(open, 'public.other')).one('materialize other')['rows in']).toBe('10');
  expect(answerLines(answer)[1]).toMatch(/^node +\| operator +\| reads +\| rows in/);
});

it('is answered in psql', async () => {
  const open = await openTestEngine();
  await submit(open, SQL(1));
  await finished(open);
  const psql = await openPsql(open);
  await psql.query("CALL millrace.submit('EXPLAIN ANALYZE kinds')");
  const { rows } = await psql.query<{ line: string }>(
    "SELECT jsonb_array_elements_text(answer -> 'lines') AS line FROM millrace.requests",
  );
  expect(rows.map(({ line }) => line).join('\n')).toMatch(/scan made +\| +\| +0 \| +1000 \|/);
});

it('is refused of what does not run, and of what has not run', async () => {
  const open = await openTestEngine();
  await submit(open, SQL(1));
  await finished(open);
  await expect(analyze(open, 'made')).rejects.toMatchObject({
    code: 'SQL_UNSUPPORTED',
    span: { offset: 16, end: 20 },
  });
  await expect(analyze(open, 'nobody')).rejects.toMatchObject({ code: 'UNKNOWN_RELATION' });
  await expect(analyze(open, 'SELECT 1')).rejects.toMatchObject({ code: 'SQL_UNSUPPORTED' });
  const next = await openTestEngine({ databaseUrl: open.databaseUrl });
  await expect(analyze(next, 'kinds')).rejects.toMatchObject({ code: 'NOTHING_MEASURED' });
});
