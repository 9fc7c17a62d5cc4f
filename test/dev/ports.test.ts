// Ports stay, and say so when they cannot.

import { createServer, type Server } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { findFreePort, isPortFree, readPorts, stablePort } from '../../src/dev/ports.ts';
import { temporaryFolder } from './folders.ts';

async function occupy(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return server;
}

it('keeps the port that was chosen first', async () => {
  const dir = temporaryFolder();
  const first = await stablePort(dir, { name: 'postgres' });
  expect(readPorts(dir)).toEqual({ postgres: first.port });
  expect(await stablePort(dir, { name: 'postgres', preferred: first.port + 7 })).toEqual({
    port: first.port,
  });
});

it('searches upwards from the preferred port and never gives one port twice', async () => {
  const dir = temporaryFolder();
  const preferred = await findFreePort();
  await occupy(preferred);
  const one = await stablePort(dir, { name: 'kafka', preferred });
  const two = await stablePort(dir, { name: 'kafkaController', preferred });
  expect(one.port).toBeGreaterThan(preferred);
  expect(two.port).toBeGreaterThan(one.port);
});

it('moves, and says so, when another program has taken the port', async () => {
  const dir = temporaryFolder();
  const first = await stablePort(dir, { name: 'postgres' });
  await occupy(first.port);
  const second = await stablePort(dir, { name: 'postgres' });
  expect(second.port).not.toBe(first.port);
  expect(second.note).toContain(`port ${first.port} of postgres is in use`);
  expect(readPorts(dir)).toEqual({ postgres: second.port });
});

it('never replaces a port that the user has set', async () => {
  const dir = temporaryFolder();
  const fixed = await findFreePort();
  expect(await stablePort(dir, { name: 'postgres', fixed })).toEqual({ port: fixed });
  await occupy(fixed);
  expect(await isPortFree(fixed)).toBe(false);
  await expect(stablePort(dir, { name: 'postgres', fixed })).rejects.toMatchObject({ code: 'PORT_IN_USE' });
});
