// The built-in Postgres: data stays, nobody is left behind, odd places and remains of crashes are coped with. Making a database
// takes seconds, so most tests take turns on one folder; each stops what it starts.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { dataPlace, startLocalPostgres, type LocalPostgres } from '../../src/dev/postgres.ts';
import { identify, waitUntilGone } from '../../src/dev/process-identity.ts';
import { resetStateDir } from '../../src/dev/state-dir.ts';
import { supervise } from '../../src/dev/supervise.ts';
import { killOutright, runStarter, temporaryFolder } from './folders.ts';

// Making a database or starting a JVM takes long on a busy machine.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const AS_ROOT = process.getuid?.() === 0;

let dir = '';

/** The folder begins with the remains of an interrupted making of a database. */
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'millrace-dev-'));
  chmodSync(dir, 0o755);
  mkdirSync(join(dir, 'postgres.new'));
  writeFileSync(join(dir, 'postgres.new', 'PG_VERSION'), '18\n');
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function start(stateDir: string, port?: number): Promise<LocalPostgres> {
  const server = await startLocalPostgres({ stateDir, port, log: () => undefined });
  onTestFinished(() => server.stop());
  return server;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

it('keeps data, port and password over a restart, and asks for the password', async () => {
  const first = await start(dir);
  expect(existsSync(join(dir, 'postgres.new'))).toBe(false);
  await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one');
  await first.stop();
  expect(identify(first.pid)).toBeUndefined();

  const second = await start(dir);
  expect(second.url).toBe(first.url);
  expect(await query(second.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
  expect(statSync(join(dir, 'pgpass')).mode & 0o077).toBe(0);
  const wrong = new URL(second.url);
  wrong.password = 'guess';
  await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  await second.stop();

  rmSync(join(dir, 'pgpass'));
  const third = await start(dir);
  expect(third.url).not.toBe(first.url);
  expect(await query(third.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
});

it('dies with a starter that is killed, and recovers', async () => {
  const { child, report } = await runStarter(dir, 'postgres');
  const server = identify(report.postgres!)!;
  await query(report.url!, 'CREATE TABLE newer AS SELECT 2 AS two');
  await killOutright(child);
  if (process.platform === 'linux') expect(await waitUntilGone(server, 10_000)).toBe(true);

  const again = await start(dir);
  expect(identify(server.pid)?.stamp).not.toBe(server.stamp);
  expect(await query(again.url, 'SELECT two FROM newer')).toEqual([{ two: 2 }]);
});

it('leaves the server of a living starter alone', async () => {
  const { child, report } = await runStarter(dir, 'postgres');
  await expect(start(dir)).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
  expect(await query(report.url!, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await killOutright(child);
});

it('starts over a pid file whose number now belongs to a stranger', async () => {
  const first = await start(dir);
  const pidFile = join(first.dataDir, 'postmaster.pid');
  const text = readFileSync(pidFile, 'utf8');
  await first.stop();
  const stranger = String(process.pid);
  writeFileSync(pidFile, [stranger, ...text.split('\n').slice(1)].join('\n'));
  const again = await start(dir);
  expect(await query(again.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('goes to a stated folder when its user cannot enter the usual one', async () => {
  const closed = temporaryFolder();
  chmodSync(closed, 0o700);
  const stateDir = join(closed, '.millrace');
  mkdirSync(stateDir);
  if (!AS_ROOT) {
    expect(dataPlace(stateDir)).toEqual({ dataDir: join(stateDir, 'postgres'), user: undefined });
    return;
  }
  const server = await start(stateDir);
  onTestFinished(() => rmSync(server.dataDir, { recursive: true, force: true }));
  expect(server.dataDir.startsWith(closed)).toBe(false);
  expect(server.notes).toContainEqual(expect.stringContaining(`keeps its data in ${server.dataDir}`));
  expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await server.stop();
  await resetStateDir(stateDir);
  expect(existsSync(server.dataDir)).toBe(false);
});

it('is started again on its port when it is killed', async () => {
  const first = await startLocalPostgres({ stateDir: dir, log: () => undefined });
  const lines: string[] = [];
  const restart = (): Promise<LocalPostgres> => start(dir, first.port);
  const kept = supervise('Postgres', first, restart, (line) => lines.push(line));
  onTestFinished(() => kept.stop());
  process.kill(first.pid, 'SIGKILL');
  await expect
    .poll(() => query(first.url, 'SELECT 1 AS one').catch(() => undefined), { timeout: 20_000 })
    .toEqual([{ one: 1 }]);
  expect(kept.server.pid).not.toBe(first.pid);
  expect(lines[0]).toContain('Postgres has ended unexpectedly');
});
