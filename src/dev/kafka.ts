// The built-in Kafka: a real Apache Kafka broker (KRaft, one node) on loopback, so that what works on the first evening works on a
// cluster. Its files live in `kafka/` of the state folder and are kept.

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MillraceError } from '../errors.ts';
import { findJava, WAYS_ON } from './java.ts';
import { kafkaJars } from './kafka-artifacts.ts';
import { servingBrokers } from './kafka-probe.ts';
import { LOG4J_PROPERTIES, serverProperties } from './kafka-properties.ts';
import { lastLines } from './files.ts';
import { stablePort } from './ports.ts';
import { runCommand } from './run-command.ts';
import { endLeftover, startTiedChild, type ChildSpec, type StopPlan } from './tied-child.ts';

/** `dev` starts fast and stays small; `bench` is tuned as a server. */
export type KafkaHeap = 'dev' | 'bench';

export interface LocalKafkaOptions {
  readonly stateDir: string;
  /** A port set by the user; otherwise the one of last time, or a free one. */
  readonly port?: number | undefined;
  /** Where the search for free ports starts the first time; a random place when it is left out. */
  readonly preferredPort?: number | undefined;
  readonly heap: KafkaHeap;
  readonly log: (line: string) => void;
  /** Where JAVA_HOME and the search path are looked up. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface LocalKafka {
  /** "127.0.0.1:19092" */
  readonly brokers: string;
  readonly port: number;
  readonly pid: number;
  readonly notes: readonly string[];
  readonly ended: Promise<void>;
  /** Clean shutdown; `now` kills it instead, for folders that are deleted afterwards. */
  stop(how?: 'clean' | 'now'): Promise<void>;
}

const STOP_PLAN: StopPlan = [
  ['SIGTERM', 30_000],
  ['SIGKILL', 10_000],
];

const READY_WITHIN_MS = 120_000;

const JVM_FLAGS: Readonly<Record<KafkaHeap, readonly string[]>> = {
  dev: ['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
  bench: ['-Xms1g', '-Xmx1g', '-XX:+UseG1GC'],
};

export async function startLocalKafka(options: LocalKafkaOptions): Promise<LocalKafka> {
  const stateDir = resolve(options.stateDir);
  const dir = join(stateDir, 'kafka');
  const env = options.env ?? process.env;
  const java = findJava(env);
  const jars = await kafkaJars(stateDir, options.log, env);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  await endLocalKafka(stateDir);

  const broker = await stablePort(stateDir, {
    name: 'kafka',
    fixed: options.port,
    preferred: options.preferredPort,
  });
  const controller = await stablePort(stateDir, { name: 'kafkaController', preferred: broker.port + 1 });
  writeFileSync(join(dir, 'log4j2.properties'), LOG4J_PROPERTIES);
  writeFileSync(
    join(dir, 'server.properties'),
    serverProperties({ dir, brokerPort: broker.port, controllerPort: controller.port }),
  );
  const base = ['-cp', `${jars}/*`, `-Dlog4j2.configurationFile=${join(dir, 'log4j2.properties')}`];
  await formatOnce(java, base, dir, env);

  const logFile = join(stateDir, 'kafka.log');
  const child = startTiedChild({
    ...serverRecord(stateDir),
    logFile,
    command: java,
    args: [...JVM_FLAGS[options.heap], ...base, 'kafka.Kafka', join(dir, 'server.properties')],
    env,
  });
  const deadline = performance.now() + READY_WITHIN_MS;
  while ((await servingBrokers('127.0.0.1', broker.port)) === 0) {
    if (!child.isRunning() || performance.now() > deadline) {
      await child.stop();
      throw failed(`it did not start; the end of ${logFile} says:\n${lastLines(logFile)}`);
    }
    await new Promise((wake) => setTimeout(wake, 50));
  }
  return {
    brokers: `127.0.0.1:${broker.port}`,
    port: broker.port,
    pid: child.pid,
    notes: [broker.note].filter((note) => note !== undefined),
    ended: child.ended,
    stop: (how) => child.stop(how === 'now' ? [['SIGKILL', 10_000]] : undefined),
  };
}

/** Ends the broker that a killed starter left behind; refused while its starter lives. */
export function endLocalKafka(stateDir: string): Promise<void> {
  return endLeftover(serverRecord(stateDir));
}

function serverRecord(stateDir: string): Pick<ChildSpec, 'name' | 'recordFile' | 'stopPlan'> {
  return { name: 'Kafka', recordFile: join(stateDir, 'kafka.process'), stopPlan: STOP_PLAN };
}

/** `kafka-storage format`: writes the cluster's identity; harmless when it is there, but a JVM start that we can save. */
async function formatOnce(
  java: string,
  base: readonly string[],
  dir: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  if (existsSync(join(dir, 'data', 'meta.properties'))) return;
  const tool = ['kafka.tools.StorageTool', 'format', '--ignore-formatted'];
  const args = [
    ...JVM_FLAGS.dev,
    ...base,
    ...tool,
    '-t',
    newClusterId(),
    '-c',
    join(dir, 'server.properties'),
  ];
  const { code, output } = await runCommand(java, args, { env });
  if (code !== 0) throw failed(`its folder could not be formatted: ${output.trim().slice(-1000)}`);
}

/** 128 random bits; a leading dash would read as an option, so Kafka's own generator avoids it too. */
function newClusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newClusterId() : id;
}

/** Is this the absence of what a local broker needs, rather than a fault of ours or of the broker? */
export function isKafkaUnavailable(error: unknown): error is MillraceError {
  const codes = ['NO_JDK', 'JDK_TOO_OLD', 'NO_MAVEN', 'KAFKA_ARTIFACTS_UNREACHABLE'];
  return error instanceof MillraceError && codes.includes(error.code);
}

function failed(what: string): MillraceError {
  return new MillraceError({
    code: 'LOCAL_KAFKA_FAILED',
    domain: 'external',
    message: `the local Kafka broker failed: ${what}`,
    hint: WAYS_ON,
  });
}
