// The built-in Kafka: topics stay and nobody is left behind; where it cannot be had, the message says what is missing.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { kafkaJars } from '../../src/dev/kafka-artifacts.ts';
import { isKafkaUnavailable, startLocalKafka } from '../../src/dev/kafka.ts';
import { identify, waitUntilGone } from '../../src/dev/process-identity.ts';
import { describeKafka } from '../setup/parts.ts';
import { killOutright, runStarter, temporaryFolder } from './folders.ts';

// Making a database or starting a JVM takes long on a busy machine.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

async function topics(brokers: string, create: readonly string[] = []): Promise<string[]> {
  const admin = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    await admin.createTopics({ topics: create.map((topic) => ({ topic })) });
    return await admin.listTopics();
  } finally {
    await admin.disconnect();
  }
}

describeKafka('a broker of our own', () => {
  it('dies with a starter that is killed, and the next start has its topics', async () => {
    const dir = temporaryFolder();
    const { child, report } = await runStarter(dir, 'kafka');
    const broker = identify(report.kafka!)!;
    expect(await topics(report.brokers!, ['kept'])).toEqual(['kept']);
    await killOutright(child);
    if (process.platform === 'linux') expect(await waitUntilGone(broker, 20_000)).toBe(true);

    const again = await startLocalKafka({ stateDir: dir, heap: 'dev', log: () => undefined });
    onTestFinished(() => again.stop('now'));
    expect(again.brokers).toBe(report.brokers);
    expect(await topics(again.brokers)).toEqual(['kept']);
    await again.stop();
    expect(identify(again.pid)).toBeUndefined();
  });
});

/** A search path that holds only these scripts. */
function pathWith(scripts: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const bin = temporaryFolder();
  for (const [name, body] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }
  return { PATH: bin, MILLRACE_CACHE_DIR: join(bin, 'cache') };
}

const JAVA_17 = `echo 'openjdk version "17.0.15" 2025-04-15' >&2`;

describe('what a broker needs and is missing', () => {
  it.each([
    ['NO_JDK', {}],
    ['JDK_TOO_OLD', { java: `echo 'java version "1.8.0_292"' >&2` }],
    ['NO_MAVEN', { java: JAVA_17 }],
    ['KAFKA_ARTIFACTS_UNREACHABLE', { java: JAVA_17, mvn: `echo '[ERROR] no route to host'; exit 1` }],
  ])('%s', async (code, scripts) => {
    const options = {
      stateDir: temporaryFolder(),
      heap: 'dev',
      log: () => undefined,
      env: pathWith(scripts),
    } as const;
    const error: unknown = await startLocalKafka(options).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, hint: expect.stringContaining('KAFKA_BROKERS') });
    expect(isKafkaUnavailable(error)).toBe(true);
  });

  it('fetches the jars once, and again when some are missing', async () => {
    const mvn = `for arg; do case $arg in -DoutputDirectory=*) to=\${arg#*=};; esac; done
      echo x >> "$HOME/fetches"; echo one > $to/one.jar; echo two > $to/two.jar`;
    const home = temporaryFolder();
    const env = { ...pathWith({ mvn }), HOME: home };
    const fetches = async (): Promise<string> => {
      const folder = await kafkaJars(home, () => undefined, env);
      expect(readdirSync(folder).sort()).toEqual(['jars.json', 'one.jar', 'two.jar']);
      return folder;
    };
    const folder = await fetches();
    await fetches();
    expect(readdirSync(join(folder, '..'))).toHaveLength(1);
    rmSync(join(folder, 'two.jar'));
    await fetches();
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    await fetches();
  });
});
