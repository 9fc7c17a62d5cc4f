// What the state folder takes on disk, and that the demo waits at the limit.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { watchDisk } from '../../src/cli/disk-watch.ts';
import { diskUse } from '../../src/dev/disk-use.ts';
import { until } from '../integration/eventually.ts';
import { folder } from '../integration/service.ts';

const MB = 1_000_000;

it('counts the files of all folders below', async () => {
  const root = folder('disk');
  mkdirSync(join(root, 'a', 'b'), { recursive: true });
  expect(await diskUse(root)).toBe(0);
  writeFileSync(join(root, 'one'), Buffer.alloc(MB));
  writeFileSync(join(root, 'a', 'b', 'two'), Buffer.alloc(2 * MB));
  const bytes = await diskUse(root);
  expect(bytes).toBeGreaterThanOrEqual(3 * MB);
  expect(bytes).toBeLessThan(3.1 * MB);
  expect(await diskUse(join(root, 'missing'))).toBe(0);
});

it('says that the limit is near, and lets nobody in at the limit until there is room', async () => {
  const root = folder('disk');
  writeFileSync(join(root, 'one'), Buffer.alloc(3 * MB));
  const watch = await watchDisk({ folder: root, limitMb: 4, everyMs: 5 });
  onTestFinished(() => watch.stop());
  expect(watch.trouble()).toBeNull();
  await watch.room(AbortSignal.timeout(1000));

  writeFileSync(join(root, 'two'), Buffer.alloc(0.8 * MB));
  await until('it is near', () => watch.trouble() !== null);
  expect(watch.trouble()).toBe('the state folder takes 3 of 4 MB');

  writeFileSync(join(root, 'three'), Buffer.alloc(MB));
  await until('it is full', () => watch.trouble()?.includes('the demo waits') === true);
  let inside = false;
  const entering = watch.room(new AbortController().signal).then(() => (inside = true));
  await sleep(50);
  expect(inside).toBe(false);
  rmSync(join(root, 'three'));
  await entering;
  expect(inside).toBe(true);
});

it('without a limit is never in trouble', async () => {
  const root = folder('disk');
  writeFileSync(join(root, 'one'), Buffer.alloc(MB));
  const watch = await watchDisk({ folder: root, limitMb: null });
  watch.stop();
  expect(watch.trouble()).toBeNull();
  expect(watch.bytes).toBeGreaterThanOrEqual(MB);
});
