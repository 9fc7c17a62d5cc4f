// A real broker with listeners as clusters have them: SASL in clear and under TLS, with PLAIN and SCRAM, and TLS alone, with a
// certificate made on the spot by the JDK's keytool.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { lastLines } from '../../src/dev/files.ts';
import { findJava } from '../../src/dev/java.ts';
import { kafkaJars } from '../../src/dev/kafka-artifacts.ts';
import { servingBrokers } from '../../src/dev/kafka-probe.ts';
import { LOG4J_PROPERTIES, serverProperties } from '../../src/dev/kafka-properties.ts';
import { findFreePort } from '../../src/dev/ports.ts';
import { runCommand } from '../../src/dev/run-command.ts';
import { startTiedChild } from '../../src/dev/tied-child.ts';
import { until } from './eventually.ts';
import { folder } from './service.ts';

export interface SecuredKafka {
  readonly plaintext: string;
  readonly saslPlaintext: string;
  readonly saslTls: string;
  readonly tls: string;
  /** Folder with `ca.pem`, which TLS clients need. */
  readonly certificates: string;
}

export const USER = { name: 'alice', password: 'correct horse' } as const;
const STORE_PASSWORD = 'store-password';
const JVM = ['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const LISTENERS = { SASL: 'SASL_PLAINTEXT', SASLTLS: 'SASL_SSL', TLS: 'SSL' } as const;

export async function startSecuredKafka(): Promise<SecuredKafka> {
  const home = folder('secured');
  const dir = join(home, 'kafka');
  mkdirSync(dir);
  const java = findJava();
  const jars = await kafkaJars(home, () => undefined);
  const certificates = await makeCertificate(java, home);
  const ports = await freePorts(5);
  const [broker, controller, sasl, saslTls, tls] = ports as [number, number, number, number, number];
  const properties = join(dir, 'server.properties');
  const base = serverProperties({ dir, brokerPort: broker, controllerPort: controller });
  writeFileSync(
    properties,
    base + securedProperties(home, broker, controller, { SASL: sasl, SASLTLS: saslTls, TLS: tls }),
  );
  writeFileSync(join(dir, 'log4j2.properties'), LOG4J_PROPERTIES);
  const flags = [...JVM, '-cp', `${jars}/*`, `-Dlog4j2.configurationFile=${join(dir, 'log4j2.properties')}`];
  const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=${USER.name},password=${USER.password}]`,
  ]);
  await run(java, [
    ...flags,
    'kafka.tools.StorageTool',
    'format',
    '-t',
    'MkU3OEVBNTcwNTJENDM2Qg',
    '-c',
    properties,
    ...scram,
  ]);
  const logFile = join(home, 'kafka.log');
  const server = startTiedChild({
    name: 'Kafka',
    recordFile: join(home, 'kafka.process'),
    stopPlan: [['SIGKILL', 10_000]],
    logFile,
    command: java,
    args: [...flags, 'kafka.Kafka', properties],
    env: process.env,
  });
  onTestFinished(() => server.stop());
  await until(
    'the broker serves',
    async () => (await servingBrokers('127.0.0.1', broker)) > 0,
    () => lastLines(logFile),
  );
  const address = (port: number): string => `127.0.0.1:${port}`;
  return {
    plaintext: address(broker),
    saslPlaintext: address(sasl),
    saslTls: address(saslTls),
    tls: address(tls),
    certificates,
  };
}

/** Later lines of a properties file win over those of the local broker. */
function securedProperties(
  home: string,
  broker: number,
  controller: number,
  ports: Readonly<Record<keyof typeof LISTENERS, number>>,
): string {
  const names = Object.keys(LISTENERS) as (keyof typeof LISTENERS)[];
  const addresses = [
    `PLAINTEXT://127.0.0.1:${broker}`,
    ...names.map((name) => `${name}://127.0.0.1:${ports[name]}`),
  ];
  const protocols = [
    'PLAINTEXT:PLAINTEXT',
    'CONTROLLER:PLAINTEXT',
    ...names.map((name) => `${name}:${LISTENERS[name]}`),
  ];
  const login = 'org.apache.kafka.common.security';
  const settings: Record<string, string> = {
    listeners: `${addresses.join(',')},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': addresses.join(','),
    'listener.security.protocol.map': protocols.join(','),
    'inter.broker.listener.name': 'PLAINTEXT',
    'ssl.keystore.location': join(home, 'broker.p12'),
    'ssl.keystore.password': STORE_PASSWORD,
    'ssl.keystore.type': 'PKCS12',
  };
  for (const name of ['sasl', 'sasltls']) {
    const listener = `listener.name.${name}`;
    settings[`${listener}.sasl.enabled.mechanisms`] = 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512';
    settings[`${listener}.plain.sasl.jaas.config`] =
      `${login}.plain.PlainLoginModule required user_${USER.name}="${USER.password}";`;
    for (const scram of ['scram-sha-256', 'scram-sha-512'])
      settings[`${listener}.${scram}.sasl.jaas.config`] = `${login}.scram.ScramLoginModule required;`;
  }
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

async function makeCertificate(java: string, home: string): Promise<string> {
  const keytool = java.includes('/') ? join(dirname(java), 'keytool') : 'keytool';
  const store = ['-keystore', join(home, 'broker.p12'), '-storetype', 'PKCS12', '-storepass', STORE_PASSWORD];
  await run(keytool, [
    ...['-genkeypair', '-alias', 'broker', '-keyalg', 'EC', '-validity', '2', '-dname', 'CN=broker'],
    ...['-ext', 'san=ip:127.0.0.1', ...store],
  ]);
  const certificates = join(home, 'certificates');
  mkdirSync(certificates);
  await run(keytool, [
    '-exportcert',
    '-rfc',
    '-alias',
    'broker',
    '-file',
    join(certificates, 'ca.pem'),
    ...store,
  ]);
  return certificates;
}

async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await findFreePort(undefined, ports));
  return ports;
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const { code, output } = await runCommand(command, [...args], { env: process.env });
  if (code !== 0) throw new Error(`${command} failed: ${output}`);
}
