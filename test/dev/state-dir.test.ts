// One service per state folder: refused, found, stopped, forgotten; and never blocked by a dead one.

import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lockStateDir, resetStateDir, runningService, stopService } from '../../src/dev/state-dir.ts';
import { killOutright, runStarter, temporaryFolder } from './folders.ts';

it('refuses a second service and names the first', async () => {
  const dir = temporaryFolder();
  const { child } = await runStarter(dir, 'lock');
  expect(() => lockStateDir(dir)).toThrow(
    expect.objectContaining({
      code: 'ALREADY_RUNNING',
      message: expect.stringContaining(`process ${child.pid}`),
    }),
  );
  const second = await runStarter(dir, 'lock');
  expect(second.report.error).toContain('error[ALREADY_RUNNING]');
  expect(runningService(dir)?.process.pid).toBe(child.pid);
});

it('is free again after kill -9 of its holder', async () => {
  const dir = temporaryFolder();
  const { child } = await runStarter(dir, 'lock');
  await killOutright(child);
  expect(existsSync(join(dir, 'runtime.json'))).toBe(true);
  expect(runningService(dir)).toBeUndefined();
  lockStateDir(dir).release();
});

it('does not take a stranger under a reused pid for the service', () => {
  const dir = temporaryFolder();
  const stranger = { process: { pid: process.pid, stamp: 'another boot/1' }, startedAt: '', addresses: {} };
  writeFileSync(join(dir, 'runtime.json'), JSON.stringify(stranger));
  expect(runningService(dir)).toBeUndefined();
});

it('tells the addresses, and stops the service by SIGTERM', async () => {
  const dir = temporaryFolder();
  const lock = lockStateDir(dir);
  lock.announce({ api: 'http://127.0.0.1:8080' });
  expect(runningService(dir)).toMatchObject({
    process: { pid: process.pid },
    addresses: { api: 'http://127.0.0.1:8080' },
  });
  lock.release();
  expect(await stopService(dir)).toBeUndefined();

  const { child } = await runStarter(dir, 'lock');
  const exitCode = new Promise((resolve) => child.once('exit', resolve));
  expect(await stopService(dir)).toBe(child.pid);
  expect(await exitCode).toBe(0);
});

it('reset removes what is ours and nothing else, and not while a service runs', async () => {
  const dir = temporaryFolder();
  mkdirSync(join(dir, 'kafka', 'data'), { recursive: true });
  for (const name of ['ports.json', 'pgpass', 'kafka.log.1', 'letter.txt'])
    writeFileSync(join(dir, name), '{}');
  const lock = lockStateDir(dir);
  await expect(resetStateDir(dir)).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
  lock.release();
  await resetStateDir(dir);
  expect(readdirSync(dir)).toEqual(['letter.txt']);
});
