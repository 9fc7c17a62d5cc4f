// Many pipelines and few connections: the start waits for its turn, and nothing fails for it.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { finished, openTestEngine, submit } from './engine-fixture.ts';

const PIPELINES = 60;

it('60 pipelines start over 4 connections', { timeout: 240_000 }, async () => {
  const fileRoot = mkdtempSync(join(tmpdir(), 'millrace-many-'));
  onTestFinished(() => rmSync(fileRoot, { recursive: true }));
  writeFileSync(join(fileRoot, 'input.jsonl'), '{"id":1}\n');
  const env = { MILLRACE_POSTGRES_CONNECTIONS: '4' };
  const told: string[] = [];
  const open = await openTestEngine({ fileRoot, env });
  await submit(
    open,
    `CREATE SOURCE s (id BIGINT) WITH (connector = 'file', path = 'input.jsonl') FORMAT PLAIN ENCODE JSON;`,
  );
  await Promise.all(
    Array.from({ length: PIPELINES }, (_, i) =>
      submit(open, `CREATE MATERIALIZED VIEW v${i} AS SELECT id + ${i} AS id FROM s`),
    ),
  );
  await finished(open);
  await open.close();

  const again = await openTestEngine({
    fileRoot,
    env,
    databaseUrl: open.databaseUrl,
    log: (level, message) => void (level === 'info' ? 0 : told.push(message)),
  });
  await finished(again);
  expect(again.engine.pipelines().length).toBe(PIPELINES);
  expect(told).toEqual([]);
  const { rows } = await again.pool.query<{ id: string }>('SELECT id::text FROM v59');
  expect(rows).toEqual([{ id: '60' }]);
});
