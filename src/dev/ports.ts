// Ports that stay: chosen free the first time, kept in `ports.json` of the state folder, so that addresses which a user has noted
// or typed into a tool work on the next day too. They lie below the range that systems hand out to outgoing connections
// (Linux from 32768), where a port free today may be some program's source port tomorrow.

import { createServer } from 'node:net';
import { join } from 'node:path';
import { MillraceError } from '../errors.ts';
import { readJson, replaceFile } from './files.ts';

const LOWEST = 20_000;
const HIGHEST = 32_000;

export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A free port, searched upwards from `preferred`, or from a random place. */
export async function findFreePort(preferred?: number, taken: readonly number[] = []): Promise<number> {
  const start = preferred ?? LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST - 1000));
  for (let port = start; port < start + 1000 && port < 65_536; port++) {
    if (!taken.includes(port) && (await isPortFree(port))) return port;
  }
  throw new MillraceError({
    code: 'NO_FREE_PORT',
    domain: 'external',
    message: `no free port in ${start}–${start + 999}`,
    hint: 'end what listens there, or name another port in the configuration',
  });
}

export interface StablePortRequest {
  /** Key in ports.json: "postgres". */
  readonly name: string;
  /** Where the search starts the first time; a random place when it is left out. */
  readonly preferred?: number | undefined;
  /** A port that the user has set: used or refused, never replaced. */
  readonly fixed?: number | undefined;
}

export interface StablePort {
  readonly port: number;
  /** Said to the user when the port is not the one of last time. */
  readonly note?: string | undefined;
}

export async function stablePort(stateDir: string, request: StablePortRequest): Promise<StablePort> {
  const saved = readPorts(stateDir);
  const { fixed, name } = request;
  if (fixed !== undefined) {
    if (!(await isPortFree(fixed))) {
      throw new MillraceError({
        code: 'PORT_IN_USE',
        message: `port ${fixed}, set for ${name}, is in use by another program`,
        hint: 'set another port, or leave it unset and a free one is chosen',
      });
    }
    savePort(stateDir, name, fixed);
    return { port: fixed };
  }
  const before = saved[name];
  if (before !== undefined && (await isPortFree(before))) return { port: before };
  const others = Object.entries(saved).flatMap(([key, port]) => (key === name ? [] : [port]));
  const port = await findFreePort(request.preferred, others);
  savePort(stateDir, name, port);
  return before === undefined
    ? { port }
    : { port, note: `port ${before} of ${name} is in use by another program; now on ${port}` };
}

export function readPorts(stateDir: string): Readonly<Record<string, number>> {
  const saved = readJson(portsFile(stateDir));
  if (typeof saved !== 'object' || saved === null) return {};
  const isPort = (value: unknown): boolean =>
    Number.isInteger(value) && Number(value) > 0 && Number(value) < 65_536;
  return Object.fromEntries(Object.entries(saved).filter(([, port]) => isPort(port)));
}

/** Reads again before it writes: Postgres and Kafka choose their ports at the same time. */
function savePort(stateDir: string, name: string, port: number): void {
  replaceFile(portsFile(stateDir), `${JSON.stringify({ ...readPorts(stateDir), [name]: port }, null, 2)}\n`);
}

function portsFile(stateDir: string): string {
  return join(stateDir, 'ports.json');
}
