// Hosts of tasks: messages and rows get through, and a death is told once, with how it came about.

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { MillraceError } from '../../src/errors.ts';
import { channelPair } from '../../src/task/channel.ts';
import { hostThreads } from '../../src/task/hosts/thread.ts';
import { withBuffers } from '../../src/task/revive.ts';
import { fromErrorMessage, toErrorMessage } from '../../src/task/task-error.ts';

const entry = new URL('./dying-entry.ts', import.meta.url);

async function deathOf(how: string): Promise<readonly Error[]> {
  const [host] = hostThreads([how], { entry, memoryMb: 24 });
  const deaths: Error[] = [];
  const started = new Promise<void>((resolve) => host!.channel.listen(() => resolve()));
  const died = new Promise<void>((resolve) => {
    host!.onDeath((cause) => {
      deaths.push(cause);
      resolve();
    });
  });
  await started;
  host!.channel.post({ kind: 'cut' });
  await (how === 'lives' ? sleep(100) : died);
  await host!.end();
  return deaths;
}

describe('a worker thread', () => {
  it.each([
    ['throws', /nobody has foreseen this/],
    ['rejects', /nobody waits for this/],
    ['exits', /ended with code 3/],
    ['runs out of memory', /memory limit/],
  ])('that %s is told dead, once', async (how, message) => {
    const deaths = await deathOf(how);
    expect(deaths).toHaveLength(1);
    expect(deaths[0]).toMatchObject({ code: 'TASK_DIED', domain: 'internal', retryable: false });
    expect(deaths[0]!.message).toMatch(message);
  });

  it('that is ended is not told dead', async () => {
    expect(await deathOf('lives')).toEqual([]);
  });
});

describe('messages', () => {
  it('within a thread arrive in order, later, and those before the listener are kept', async () => {
    const [one, other] = channelPair<string, number>();
    const seen: number[] = [];
    one.post(1);
    one.post(2);
    other.listen((message) => seen.push(message));
    one.post(3);
    expect(seen).toEqual([]);
    await Promise.resolve();
    expect(seen).toEqual([1, 2, 3]);
    other.close();
    one.post(4);
    await Promise.resolve();
    expect(seen).toEqual([1, 2, 3]);
  });

  it('that were cloned have Buffers again, wherever they are, and nothing else changes', () => {
    const sent = {
      a: [Buffer.from('x'), { b: Buffer.from('yz'), n: 1n, none: null }],
      numbers: new Int32Array([7]),
    };
    const got = withBuffers(structuredClone(sent));
    expect(got).toEqual(sent);
    expect(Buffer.isBuffer(got.a[0])).toBe(true);
  });

  it('carry errors with their codes', () => {
    const known = new MillraceError({
      code: 'DATA_LOST',
      message: 'gone',
      domain: 'external',
      hint: 'look',
      retryable: true,
    });
    expect(fromErrorMessage(structuredClone(toErrorMessage(known)))).toMatchObject({
      code: 'DATA_LOST',
      message: 'gone',
      domain: 'external',
      hint: 'look',
      retryable: true,
    });
    const defect = fromErrorMessage(structuredClone(toErrorMessage(new TypeError('a defect'))));
    expect(defect).not.toBeInstanceOf(MillraceError);
    expect(defect.message).toBe('a defect');
  });
});
