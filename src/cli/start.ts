// `millrace start`: the whole installation in one process, from nothing to live views, and back again without a trace.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { lockStateDir } from '../dev/state-dir.ts';
import { renderError } from '../errors.ts';
import type { Deployment, SqlFile } from '../pipeline/deployments.ts';
import { migrate } from '../postgres/migrations.ts';
import { deployedTexts, deployFiles, digestOf, readSqlFiles } from '../pipeline/deployments.ts';
import type { ServedApi } from './serve-api.ts';
import { serveApi } from './serve-api.ts';
import { drainAndCheck } from './final-check.ts';
import type { Demo } from './demo.ts';
import { makeDemoTopics, startDemo } from './demo.ts';
import type { Installation } from './installation.ts';
import { openInstallation } from './installation.ts';
import { takeLead } from './lead.ts';
import { startLiveLine } from './live-line.ts';
import { openLog } from './log.ts';
import type { DiskWatch } from './disk-watch.ts';
import { watchDisk } from './disk-watch.ts';
import type { Output } from './output.ts';
import { paintError } from './output.ts';
import { withoutBroker } from './without-broker.ts';
import type { OpenEngine } from './open-engine.ts';
import { openEngine } from './open-engine.ts';

export interface StartOptions {
  /** Stop after this time and check every view; null: run until told to stop. */
  readonly seconds: number | null;
}

/** Exit code of the process. */
export async function start(config: Config, options: StartOptions, output: Output): Promise<number> {
  const stopAsked = new AbortController();
  const ask = (): void => stopAsked.abort();
  process.on('SIGINT', ask);
  process.on('SIGTERM', ask);
  const lock = lockStateDir(config.stateDir);
  // Nothing else keeps the process alive while it waits for the servers that it started to end.
  const alive = setInterval(() => {}, 60_000);
  try {
    const installation = await openInstallation(config, note(output));
    try {
      return await runOn(installation, config, options, stopAsked.signal, output, (addresses) =>
        lock.announce(addresses),
      );
    } finally {
      await installation.stop();
    }
  } finally {
    lock.release();
    clearInterval(alive);
  }
}

async function runOn(
  installation: Installation,
  config: Config,
  options: StartOptions,
  stopAsked: AbortSignal,
  output: Output,
  announce: (addresses: Readonly<Record<string, string>>) => void,
): Promise<number> {
  installation.notes.forEach(note(output));
  if (installation.brokerMissing !== null) note(output)(renderError(installation.brokerMissing));
  const say = note(output);
  for (;;) {
    const standsBy = (who: string): void => say(`standing by: ${who} leads on this database`);
    const lead = await takeLead(installation.databaseUrl, stopAsked, standsBy);
    if (lead === null) return 0;
    try {
      const ends = AbortSignal.any([stopAsked, lead.lost]);
      await migrate(installation.databaseUrl);
      await lead.begin();
      const code = await leadOn(installation, config, options, ends, output, announce);
      if (stopAsked.aborted || !lead.lost.aborted) return code;
      say('another service leads on this database now, or has led meanwhile');
    } finally {
      await lead.release();
    }
  }
}

/** `ends`: told to stop, or another service leads. */
async function leadOn(
  installation: Installation,
  config: Config,
  options: StartOptions,
  ends: AbortSignal,
  output: Output,
  announce: (addresses: Readonly<Record<string, string>>) => void,
): Promise<number> {
  const log = openLog(config.logLevel);
  const demo = config.demo && installation.brokers.length > 0;
  if (demo) await makeDemoTopics(installation.brokers);
  const open = await openEngine(config, installation.databaseUrl, installation.brokers, log);
  let feeding: Demo | null = null;
  let api: ServedApi | null = null;
  let disk: DiskWatch | null = null;
  try {
    await deployAll(config, open, installation, output);
    api = await serveApi(config, open, log);
    announce({ psql: installation.psql, kafka: installation.brokers.join(','), ...api.addresses });
    sayAddresses(installation, api, output);
    disk = await watchDisk({ folder: config.stateDir, limitMb: config.diskLimitMb });
    if (demo) feeding = startDemo(config, open.clusters.own(), disk, log);
    const live = startLiveLine(open, disk, output);
    await waitForEnd(options.seconds, ends);
    live.stop();
    await feeding?.stop();
    if (options.seconds === null || ends.aborted) return 0;
    return await drainAndCheck(open, ends, output);
  } finally {
    disk?.stop();
    await feeding?.stop();
    await api?.close();
    await open.close();
  }
}

const note =
  (output: Output) =>
  (words: string): void =>
    output.tell({ event: 'note', text: words }, words);

function sayAddresses(installation: Installation, api: ServedApi, output: Output): void {
  const addresses = {
    'views in SQL': installation.psql,
    ...api.addresses,
    ...(installation.brokers.length > 0 ? { Kafka: installation.brokers.join(',') } : {}),
  };
  const lines = Object.entries({ ...addresses, stop: 'Ctrl-C' }).map(
    ([name, address]) => `${name.padEnd(15)} ${address}`,
  );
  output.tell({ event: 'ready', addresses }, ['', ...lines, '']);
}

async function waitForEnd(seconds: number | null, stopAsked: AbortSignal): Promise<void> {
  const ends = seconds === null ? 2 ** 31 - 1 : seconds * 1000;
  await sleep(ends, undefined, { signal: stopAsked }).catch(() => {});
}

async function deployAll(
  config: Config,
  open: OpenEngine,
  installation: Installation,
  output: Output,
): Promise<void> {
  if (config.queriesDir === null) return;
  const all = await readSqlFiles(config.queriesDir);
  const files = installation.brokers.length > 0 ? all : await withGenerator(config, open, all, output);
  for (const done of await deployFiles(open.pool, open.engine, files, 'queries')) {
    const { file, outcome, names, error } = done;
    const failure = outcome === 'failed' ? { error: renderError(error) } : {};
    output.tell({ event: 'deployment', file, outcome, names, ...failure }, deploymentLine(done));
  }
}

/** Without a broker. What is deployed already stays as it is, and waits for its broker. */
async function withGenerator(
  config: Config,
  open: OpenEngine,
  files: readonly SqlFile[],
  output: Output,
): Promise<readonly SqlFile[]> {
  note(output)('the Nexmark streams come from the built-in generator');
  const deployed = await deployedTexts(open.pool);
  return files.flatMap((file) => {
    const usable = deployed.has(digestOf(file.text)) ? file : withoutBroker(file, config.demoRate);
    if (usable === null) note(output)(`${file.name}: not deployed, it reads topics and there is no broker`);
    return usable ?? [];
  });
}

function deploymentLine({ file, outcome, names, error }: Deployment): string {
  switch (outcome) {
    case 'failed':
      return `${file}: not deployed\n${paintError(renderError(error))}`;
    case 'removed':
      return `${file}: the file is gone; still running: ${names.join(', ')} (DROP what is no longer wanted)`;
    default:
      return `${file}: ${outcome} ${names.join(', ')}`;
  }
}
