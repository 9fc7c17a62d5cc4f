// SASL and TLS of sources against a real broker: every mechanism reads, a wrong password and an unknown certificate are refused with
// their codes, and no file outside the folder for certificates is named.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openAdmin } from '../../src/connectors/kafka/admin.ts';
import { openProducer } from '../../src/connectors/kafka/producer.ts';
import type { Connection } from '../../src/postgres/connection.ts';
import { describeKafka, freshDatabase } from '../setup/parts.ts';
import { eventually } from './eventually.ts';
import { startSecuredKafka, USER } from './secured-kafka.ts';
import { folder, openConnection, startService, submit } from './service.ts';

type Properties = Readonly<Record<string, string>>;

const sourceSql = (name: string, properties: Properties): string => `
  CREATE SOURCE s_${name} (id BIGINT) WITH (connector = 'kafka', topic = 'secured', scan.startup.mode = 'earliest', ${Object.entries(
    properties,
  )
    .map(([key, value]) => `properties.${key} = '${value}'`)
    .join(', ')}) FORMAT PLAIN ENCODE JSON;
  CREATE MATERIALIZED VIEW v_${name} AS SELECT count(*) AS n, sum(id) AS ids FROM s_${name};`;

const sasl = (mechanism: string, password: string = USER.password): Properties => ({
  'sasl.mechanism': mechanism,
  'sasl.username': USER.name,
  'sasl.password': password,
});

async function refusal(connection: Connection, name: string, properties: Properties): Promise<string> {
  return submit(connection, sourceSql(name, properties)).then(
    () => 'accepted',
    (error: unknown) => /\[(\w+)\]$/.exec((error as Error).message)?.[1] ?? String(error),
  );
}

describeKafka('a broker behind SASL and TLS', () => {
  it(
    'is read with PLAIN, SCRAM and certificates; what does not fit is refused',
    { timeout: 120_000 },
    async () => {
      const kafka = await startSecuredKafka();
      const clear = { brokers: [kafka.plaintext] };
      const admin = await openAdmin(clear);
      await admin.createTopic({ topic: 'secured', partitions: 1 });
      await admin.close();
      const producer = await openProducer(clear);
      await producer.send(
        'secured',
        [1, 2, 3].map((id) => ({ value: `{"id":${id}}` })),
      );
      await producer.close();

      const { url } = await freshDatabase();
      await startService({
        databaseUrl: url,
        brokers: [kafka.plaintext],
        env: { MILLRACE_TLS_ROOT: kafka.certificates },
      });
      const connection = await openConnection(url);
      const tls = { 'ssl.ca.location': 'ca.pem' };
      const inClear = { 'bootstrap.server': kafka.saslPlaintext, 'security.protocol': 'SASL_PLAINTEXT' };
      const underTls = { 'bootstrap.server': kafka.saslTls, 'security.protocol': 'SASL_SSL', ...tls };
      const tlsAlone = { 'bootstrap.server': kafka.tls, 'security.protocol': 'SSL' };
      const ways: Readonly<Record<string, Properties>> = {
        plain: { ...inClear, ...sasl('PLAIN') },
        scram256: { ...inClear, ...sasl('SCRAM-SHA-256') },
        scram512: { ...underTls, ...sasl('SCRAM-SHA-512') },
        tls: { ...tlsAlone, ...tls },
      };
      for (const [name, properties] of Object.entries(ways))
        await submit(connection, sourceSql(name, properties));
      for (const name of Object.keys(ways))
        await eventually(`${name} has read the topic`, async () => {
          const { rows } = await connection.query<{ n: string; ids: string }>(
            `SELECT n::text, ids::text FROM v_${name}`,
          );
          return rows[0]?.n === '3' && rows[0].ids === '6' ? true : undefined;
        });

      const outside = join(folder('outside'), 'ca.pem');
      writeFileSync(outside, 'secret');
      expect(await refusal(connection, 'a', { ...inClear, ...sasl('PLAIN', 'wrong') })).toBe(
        'BROKER_AUTHENTICATION_FAILED',
      );
      expect(await refusal(connection, 'b', { ...inClear, ...sasl('SCRAM-SHA-256', 'wrong') })).toBe(
        'BROKER_AUTHENTICATION_FAILED',
      );
      expect(await refusal(connection, 'c', inClear)).toBe('INVALID_OPTION');
      expect(await refusal(connection, 'd', tlsAlone)).toBe('BROKER_UNREACHABLE');
      expect(await refusal(connection, 'e', { ...tlsAlone, 'ssl.ca.location': outside })).toBe(
        'INVALID_OPTION',
      );
      expect(
        await refusal(connection, 'f', { ...tlsAlone, 'ssl.ca.location': '../kafka/server.properties' }),
      ).toBe('INVALID_OPTION');
    },
  );
});
