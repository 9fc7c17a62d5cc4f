// Asking a registry: what it answers, and what is done with what it should not.

import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { RegistryClient } from '../../src/connectors/registry/registry-client.ts';
import { SchemaCache } from '../../src/connectors/registry/schema-cache.ts';
import { SchemaRegistries } from '../../src/pipeline/schema-registries.ts';
import { codeOf } from '../kafka/live.ts';
import { send, TestRegistry } from './server.ts';

describe('a schema', () => {
  test('comes by id and by subject, with what it refers to, each before what needs it', async () => {
    const registry = await TestRegistry.start();
    registry.register('c', 'C', 'PROTOBUF');
    registry.register('b', 'B', 'PROTOBUF', [{ name: 'c.proto', subject: 'c', version: 1 }]);
    const id = registry.register('top/ics-value', 'A', 'PROTOBUF', [
      { name: 'b.proto', subject: 'b', version: 1 },
      { name: 'c.proto', subject: 'c', version: 1 },
    ]);
    const client = new RegistryClient({ url: registry.url });
    const schema = {
      id,
      type: 'PROTOBUF',
      text: 'A',
      references: [
        { name: 'c.proto', text: 'C' },
        { name: 'b.proto', text: 'B' },
      ],
    };
    expect(await client.byId(id)).toEqual(schema);
    expect(await client.latest('top/ics-value')).toEqual(schema);
    const avro = registry.register('d', { type: 'string' });
    expect(await client.byId(avro)).toMatchObject({ type: 'AVRO', text: '{"type":"string"}' });
  });

  test('that is not there, or may not be seen, is told apart from a registry that is away', async () => {
    const registry = await TestRegistry.start();
    registry.register('s', '"string"');
    registry.login = 'me:secret:word';
    const anonymous = new RegistryClient({ url: registry.url });
    const client = new RegistryClient({ url: registry.url, username: 'me', password: 'secret:word' });
    expect(await codeOf(anonymous.byId(1))).toBe('REGISTRY_DENIED');
    expect(await client.byId(1)).toMatchObject({ text: '"string"' });
    expect(await codeOf(client.byId(9))).toBe('SCHEMA_NOT_FOUND');
    expect(await codeOf(client.latest('other'))).toBe('SCHEMA_NOT_FOUND');
    registry.fault = (response) => send(response, 503, {});
    await expect(client.byId(1)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE', retryable: true });
    registry.fault = (response) => response.destroy();
    expect(await codeOf(client.byId(1))).toBe('REGISTRY_UNREACHABLE');
    expect(await codeOf(new RegistryClient({ url: 'http://127.0.0.1:1' }).byId(1))).toBe(
      'REGISTRY_UNREACHABLE',
    );
  });

  test('answers that never end, are too large, lead elsewhere or are no schema are refused', async () => {
    const registry = await TestRegistry.start();
    const client = new RegistryClient({ url: registry.url }, { timeoutMs: 300, maxBytes: 1000 });
    registry.fault = (response) => void response.writeHead(200).write('{');
    expect(await codeOf(client.byId(1))).toBe('REGISTRY_UNREACHABLE');
    registry.fault = (response) => send(response, 200, { schema: 'x'.repeat(2000) });
    expect(await codeOf(client.byId(1))).toBe('REGISTRY_ERROR');
    registry.fault = (response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    expect(await codeOf(client.byId(1))).toBe('REGISTRY_UNREACHABLE');
    for (const body of [[], 'text', { schema: 7 }, { schema: 'x', schemaType: 'XML' }]) {
      registry.fault = (response) => send(response, 200, body);
      expect(await codeOf(client.byId(1)), JSON.stringify(body)).toBe('REGISTRY_ERROR');
    }
  });

  test('is asked for once; that there is none is believed for a while', async () => {
    const registry = await TestRegistry.start();
    registry.register('s', '"string"');
    let now = 0;
    const cache = new SchemaCache(new RegistryClient({ url: registry.url }), () => now);
    await Promise.all([cache.settle(1), cache.settle(1), cache.settle(2)]);
    expect(registry.asked.sort()).toEqual(['/schemas/ids/1', '/schemas/ids/2']);
    expect([cache.isSettled(1), cache.isSettled(2), cache.get(2)]).toEqual([true, true, undefined]);
    registry.register('s', '"int"');
    now += 61_000;
    expect(cache.isSettled(2)).toBe(false);
    await cache.settle(2);
    expect(cache.get(2)).toMatchObject({ text: '"int"' });
  });
});

describe('which registries may be asked', () => {
  const format = (url: string | null) =>
    ({ format: 'PLAIN', encode: 'AVRO', url, username: null, password: null, subject: 's' }) as const;
  const codeFor = (allowed: readonly string[], url: string | null): string => {
    try {
      new SchemaRegistries(allowed).of(format(url));
      return 'allowed';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  test('those of the configuration and what is below them', () => {
    expect(codeFor(['http://reg:8081/'], 'http://reg:8081')).toBe('allowed');
    expect(codeFor(['http://reg:8081/apis/ccompat'], 'http://reg:8081/apis/ccompat/v7')).toBe('allowed');
    expect(codeFor(['http://reg:8081'], null)).toBe('allowed');
    for (const url of [
      'http://reg:8081.evil.org',
      'http://reg:8082',
      'https://reg:8081',
      'file:///etc/passwd',
      'reg',
    ])
      expect(codeFor(['http://reg:8081'], url), url).toBe('REGISTRY_NOT_ALLOWED');
    expect(codeFor(['http://reg/a'], 'http://reg/a/../b')).toBe('REGISTRY_NOT_ALLOWED');
    expect(codeFor(['http://a', 'http://b'], null)).toBe('REGISTRY_NOT_ALLOWED');
    expect(codeFor([], 'http://reg:8081')).toBe('REGISTRY_NOT_ALLOWED');
  });

  test('the configuration names addresses', () => {
    const read = (text: string) => readConfig({ MILLRACE_SCHEMA_REGISTRIES: text }).schemaRegistries;
    expect(read('http://a:8081, https://b/x')).toEqual(['http://a:8081', 'https://b/x']);
    expect(read('')).toEqual([]);
    expect(() => read('a:8081')).toThrow('MILLRACE_SCHEMA_REGISTRIES');
  });
});
