// From file to file while the service is killed with SIGKILL: every line of the source is in the sink once, in order.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFailed, onTestFinished, test } from 'vitest';
import { Pool } from '../../src/postgres/pool.ts';
import { freshDatabase } from '../setup/parts.ts';
import { testSeed } from '../setup/seed.ts';
import { openService, spawnService, submit, until } from '../sinks/service.ts';
import { seeded } from '../views/random-rows.ts';

const LINES = 12_000;
const KILLS = 4;

test('kill -9 over and over loses no line of a file and writes none twice', { timeout: 90_000 }, async () => {
  const seed = testSeed();
  onTestFailed(() => console.log(`seed ${seed}`));
  const random = seeded(seed);
  const root = mkdtempSync(join(tmpdir(), 'millrace-files-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const lines = Array.from({ length: LINES }, (_, i) => JSON.stringify({ i, t: 'x'.repeat(i % 50) }));
  writeFileSync(join(root, 'in.jsonl'), `${lines.join('\n')}\n`);
  const settings = { MILLRACE_FILE_ROOT: root };
  const { url } = await freshDatabase();
  const opened = await openService(url, settings, []);
  await submit(
    opened,
    `CREATE SOURCE lines (i BIGINT, t TEXT) WITH (connector = 'file', path = 'in.jsonl', max_rate = 6000) FORMAT PLAIN ENCODE JSON;
     CREATE SINK copy AS SELECT i, t FROM lines WITH (connector = 'file', path = 'out.jsonl') FORMAT PLAIN ENCODE JSON;`,
  );
  await opened.close();
  const written = (): string =>
    existsSync(join(root, 'out.jsonl')) ? readFileSync(join(root, 'out.jsonl'), 'utf8') : '';
  const sizes: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const service = await spawnService(url, [], settings);
    await sleep(50 + random() * 600);
    await service.kill();
    // Whenever it dies, whole lines of the source are there, from the first on.
    const whole = written().slice(0, written().lastIndexOf('\n') + 1);
    expect(`${lines.join('\n')}\n`.startsWith(whole)).toBe(true);
    sizes.push(whole.length);
  }
  // It was killed amid its work.
  expect(new Set(sizes).size).toBeGreaterThan(1);
  const last = await spawnService(url, [], settings);
  const pool = new Pool(url, { applicationName: 'test files' });
  onTestFinished(() => pool.close());
  const finished = async (): Promise<boolean> => {
    const { rows } = await pool.query<{ done: boolean }>(
      "SELECT bool_and(status = 'finished') AS done FROM millrace.pipelines",
    );
    return rows[0]!.done;
  };
  await until('the source has ended', finished, 40_000);
  await until('all is written', async () => Promise.resolve(written().split('\n').length > LINES));
  await last.kill();
  expect(written().split('\n').slice(0, -1)).toEqual(lines);
});
