// We stand on kafkajs's inner modules: these tests fail when they move, before anything subtler does.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { BrokerConnection } from '../../src/connectors/kafka/connection.ts';
import { fetchRequest } from '../../src/connectors/kafka/protocol/fetch.ts';
import { metadataRequest } from '../../src/connectors/kafka/protocol/metadata.ts';
import { ResponseBuffers } from '../../src/connectors/kafka/response-buffers.ts';
import { describeKafka, kafkaBrokers } from '../setup/parts.ts';
import { cluster, newTopic, numbered, produce } from './live.ts';

const require = createRequire(import.meta.url);
const folder = new URL('../../src/connectors/kafka/', import.meta.url);

const settings = {
  clientId: 'seam',
  ssl: false,
  sasl: undefined,
  connectTimeoutMs: 2000,
  requestTimeoutMs: 2000,
  maxResponseBytes: 1 << 20,
  buffers: new ResponseBuffers(),
};

test('kafkajs is the version that connection.ts was written against', () => {
  expect((require('kafkajs/package.json') as { version: string }).version).toBe('2.2.4');
  const { dependencies } = require('../../package.json') as { dependencies: Record<string, string> };
  expect(dependencies['kafkajs']).toBe('2.2.4');
});

test('only connection.ts imports inner modules of kafkajs', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const reaching = files.filter((name) =>
    readFileSync(new URL(name, folder), 'utf8').includes("'kafkajs/src"),
  );
  expect(reaching).toEqual(['connection.ts']);
});

test('the members that we use of a connection are there', () => {
  const prototypes: Record<string, readonly string[]> = {
    'kafkajs/src/network/connection': ['isConnected', 'processData', 'rejectRequests', 'disconnect', 'send'],
    'kafkajs/src/network/requestQueue': [
      'scheduleCheckPendingRequests',
      'fulfillRequest',
      'rejectAll',
      'destroy',
    ],
    'kafkajs/src/broker': ['connect'],
    'kafkajs/src/protocol/encoder': ['writeBufferInternal'],
  };
  for (const [module, members] of Object.entries(prototypes)) {
    const { prototype } = require(module) as { prototype: object };
    for (const member of members) expect(prototype, `${module}: ${member}`).toHaveProperty(member);
  }
});

describeKafka('the seam, live', () => {
  const open = () => {
    const [host = '', port = ''] = kafkaBrokers()[0]!.split(':');
    return BrokerConnection.open({ host, port: Number(port) }, settings);
  };

  test('our requests travel in both encodings and bring the same record bytes', async () => {
    const topic = await newTopic();
    await produce(topic, numbered(0, 10));
    const connection = await open();
    const metadata = (version: number) => connection.send(metadataRequest([topic], version));
    const [current, old] = [await metadata(10), await metadata(8)];
    expect(current.nodes).toEqual(old.nodes);
    expect(current.topics[0]).toMatchObject({
      topic,
      errorCode: 0,
      topicId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(old.topics[0]).toEqual({ ...current.topics[0], topicId: undefined });

    const fetch = (version: number) =>
      connection.send(
        fetchRequest(
          {
            topic,
            topicId: current.topics[0]!.topicId,
            positions: [{ partition: 0, offset: 0, leaderEpoch: -1 }],
            isolation: 'read_committed',
            maxWaitMs: 100,
            minBytes: 1,
            maxBytes: 1 << 20,
            partitionMaxBytes: 1 << 20,
          },
          version,
        ),
      );
    const byId = await fetch(13);
    expect(byId.partitions[0]).toMatchObject({ errorCode: 0, highWatermark: 10, logStartOffset: 0 });
    expect(byId.partitions[0]!.records.length).toBeGreaterThan(61);
    expect((await fetch(11)).partitions).toEqual(byId.partitions);
    await connection.close();
    expect(connection.isOpen).toBe(false);
  });

  test('a closed connection leaves no timer behind, and refuses requests', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const connection = await open();
    await connection.send(metadataRequest([], 10));
    await connection.close();
    expect(timers()).toBeLessThanOrEqual(before);
    await expect(connection.send(metadataRequest([], 10))).rejects.toMatchObject({
      code: 'BROKER_UNREACHABLE',
    });
  });

  test('TLS and SASL options reach the connection: a plain listener does not answer them', async () => {
    const sasl = { mechanism: 'scram-sha-512', username: 'u', password: 'not-to-be-shown' } as const;
    const failure = await cluster({ sasl, connectTimeoutMs: 1500 })
      .metadata([])
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: expect.stringMatching(/^BROKER_(UNREACHABLE|AUTHENTICATION_FAILED)$/),
    });
    expect(JSON.stringify(failure) + String(failure)).not.toContain('not-to-be-shown');
    await expect(cluster({ ssl: true, connectTimeoutMs: 1500 }).metadata([])).rejects.toMatchObject({
      code: 'BROKER_UNREACHABLE',
    });
  });

  test.each([
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['SSH', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['an alert of TLS', '\x15\x03\x03\x00\x02\x02\x46'],
    ['a length below zero', '\xff\xff\xff\xff'],
  ])('what speaks %s is told to be no broker', async (_, greeting) => {
    const server = createServer((socket) => socket.end(Buffer.from(greeting, 'latin1')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const asked = cluster({ brokers: [`127.0.0.1:${port}`], connectTimeoutMs: 1500 }).metadata([]);
    await expect(asked).rejects.toMatchObject({
      code: 'BROKER_PROTOCOL_ERROR',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    });
  });
});
