// bin/millrace.js: the right Node, the same exit code, every signal once, and no service without its starter.

import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { identify, waitUntilGone } from '../../src/dev/process-identity.ts';
import { killOutright, temporaryFolder } from './folders.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Ends by itself with the code it is given, or waits and counts signals for a moment after the first. */
const MAIN = `
const code: number = Number(process.argv[2]);
if (Number.isNaN(code)) {
  let signals = 0;
  const stop = () => { if (++signals === 1) setTimeout(() => process.exit(40 + signals), 300); };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  setInterval(() => undefined, 1000);
} else process.exitCode = code;
const { pid, versions, argv, env } = process;
console.log(JSON.stringify({ pid, major: parseInt(versions.node), args: argv.slice(2), compiled: env['NODE_COMPILE_CACHE'] }));
`;

/** Makes a Node say that it is version 20, except to the launcher's child. */
const OLD_NODE =
  'data:text/javascript,if(!process.env.MILLRACE_LAUNCHER)' +
  'Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.1.0"}})';

interface Launched {
  readonly child: ChildProcess;
  readonly exit: Promise<number | NodeJS.Signals | null>;
  readonly stderr: () => string;
  readonly said:
    | {
        readonly pid: number;
        readonly major: number;
        readonly args: readonly string[];
        readonly compiled?: string;
      }
    | undefined;
}

async function launch(
  old: boolean,
  args: readonly string[],
  withNodeModules = true,
  env: NodeJS.ProcessEnv = {},
): Promise<Launched> {
  const folder = temporaryFolder();
  for (const name of ['bin', 'src']) mkdirSync(join(folder, name));
  copyFileSync(join(ROOT, 'bin', 'millrace.js'), join(folder, 'bin', 'millrace.js'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'src', 'main.ts'), MAIN);
  if (withNodeModules) symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const flags = old ? ['--import', OLD_NODE] : [];
  const child = spawn(process.execPath, [...flags, join(folder, 'bin', 'millrace.js'), ...args], {
    env: { ...process.env, MILLRACE_CACHE_DIR: join(folder, 'cache'), ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [output, errors] = ['', ''];
  const exit = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal)),
  );
  child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (bytes: Buffer) => {
      output += bytes.toString();
      if (output.includes('\n')) resolve();
    });
    void exit.then(() => resolve());
  });
  const said = output === '' ? undefined : (JSON.parse(output) as Launched['said']);
  return { child, exit, stderr: () => errors, said };
}

it.each([
  ['a new Node, in itself', false],
  ['an old Node, on the bundled one', true],
])('passes arguments and exit code: %s', async (_name, old) => {
  const { said, exit, child } = await launch(old, ['7', '--flag', 'a b']);
  expect(said?.args).toEqual(['7', '--flag', 'a b']);
  expect(said?.major).toBeGreaterThanOrEqual(24);
  expect(said?.pid === child.pid).toBe(!old);
  expect(await exit).toBe(7);
});

it.each([false, true])('keeps what it compiled in the folder of the user (old Node: %s)', async (old) => {
  const cache = temporaryFolder();
  const { said, exit } = await launch(old, ['0'], true, { MILLRACE_CACHE_DIR: cache });
  expect(await exit).toBe(0);
  // Threads and child processes find it there.
  expect(said?.compiled).toBe(join(cache, 'compiled'));
  expect(readdirSync(join(cache, 'compiled'))).toHaveLength(1);
  const own = await launch(old, ['0'], true, { NODE_COMPILE_CACHE: join(cache, 'own') });
  expect(own.said?.compiled).toBe(join(cache, 'own'));
  expect(await own.exit).toBe(0);
});

it.each(['SIGINT', 'SIGTERM'] as const)('hands %s on exactly once', async (signal) => {
  const { child, exit } = await launch(true, ['wait']);
  child.kill(signal);
  expect(await exit).toBe(41);
});

it('ends as its child ended when that is killed', async () => {
  const { said, exit } = await launch(true, ['wait']);
  process.kill(said!.pid, 'SIGKILL');
  expect(await exit).toBe('SIGKILL');
});

it('leaves no child behind when it is killed outright', async () => {
  const { child, said } = await launch(true, ['wait']);
  const inner = identify(said!.pid)!;
  await killOutright(child);
  expect(await waitUntilGone(inner, 5_000)).toBe(true);
});

it('asks for a newer Node where none is bundled', async () => {
  const { exit, stderr, said } = await launch(true, ['0'], false);
  expect(await exit).toBe(78);
  expect(said).toBeUndefined();
  expect(stderr()).toContain('error[NODE_TOO_OLD]: Millrace needs Node 24 or newer, and this is Node 20.1.0');
});
