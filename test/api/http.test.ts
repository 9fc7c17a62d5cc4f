// Who may come in by HTTP, health, metrics, GraphiQL.

import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessFor, isLoopback } from '../../src/api/security.ts';
import type { Fixture } from './fixture.ts';
import { ask, newFixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await newFixture({
    metrics: () => [
      { name: 'millrace_rows_total', help: 'Rows', kind: 'counter', labels: { pipeline: 'a"b' }, value: 3 },
    ],
  });
});
afterAll(() => fixture.close());

interface Response {
  readonly status: number;
  readonly body: string;
}

/** `fetch` does not let one forge Host. */
function raw(path: string, headers: Record<string, string>, method = 'GET', body = ''): Promise<Response> {
  return new Promise((resolve, reject) => {
    const url = new URL(path, fixture.url);
    const sent = request(
      url,
      { method, headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) } },
      (response) => {
        let text = '';
        response
          .on('data', (chunk: Buffer) => (text += chunk.toString()))
          .on('end', () => resolve({ status: response.statusCode!, body: text }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const MUTATION = JSON.stringify({ query: 'mutation { submit(sql: "SHOW SOURCES") { command } }' });

describe('without a token', () => {
  test('only loopback', () => {
    for (const host of ['127.0.0.1', 'localhost', '::1', '127.9.9.9']) expect(isLoopback(host)).toBe(true);
    for (const host of ['0.0.0.0', '::', '192.168.1.1', '127.0.0.1.evil.example'])
      expect(isLoopback(host)).toBe(false);
    expect(() => accessFor('0.0.0.0', undefined)).toThrow(
      expect.objectContaining({ code: 'API_TOKEN_REQUIRED' }),
    );
    expect(() => accessFor('0.0.0.0', 'short')).toThrow(
      expect.objectContaining({ code: 'API_TOKEN_TOO_SHORT' }),
    );
    expect(accessFor('0.0.0.0', 'x'.repeat(16)).needsToken).toBe(true);
  });

  test('names of other sites and pages of other sites are refused', async () => {
    const json = { 'content-type': 'application/json' };
    expect((await raw('/graphql', { ...json, host: 'evil.example' }, 'POST', MUTATION)).status).toBe(403);
    expect(
      (await raw('/graphql', { ...json, origin: 'https://evil.example' }, 'POST', MUTATION)).status,
    ).toBe(403);
    expect((await raw('/graphql', { ...json, origin: 'null' }, 'POST', MUTATION)).status).toBe(403);
    expect(
      (await raw('/graphql', { ...json, origin: 'http://localhost:3000' }, 'POST', MUTATION)).status,
    ).toBe(200);
    expect((await raw('/metrics', { host: 'evil.example' })).status).toBe(403);
  });

  test('what a form can send does nothing', async () => {
    fixture.control.submitted.length = 0;
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      '',
    ])
      expect(
        (await raw('/graphql', type === '' ? {} : { 'content-type': type }, 'POST', MUTATION)).status,
      ).toBeGreaterThanOrEqual(400);
    const got = await raw(
      `/graphql?query=${encodeURIComponent('mutation { submit(sql: "SHOW SOURCES") { command } }')}`,
      {},
    );
    expect(got.body).toMatch(/GET/);
    expect(fixture.control.submitted).toEqual([]);
    expect((await raw(`/graphql?query=${encodeURIComponent('{ catalog { name } }')}`, {})).status).toBe(200);
  });

  test('broken requests are answered, not logged as defects', async () => {
    expect((await raw('/graphql', { 'content-type': 'application/json' }, 'POST', '{')).status).toBe(400);
    expect((await raw('/nowhere', {})).status).toBe(404);
    expect((await ask(fixture.url, '{')).errors[0]!.extensions['code']).toBe('INVALID_DOCUMENT');
    const subscription = await ask(fixture.url, 'subscription { by_colour { cursor } }');
    expect(subscription.errors[0]!.extensions['code']).toBe('SUBSCRIPTION_OVER_HTTP');
    expect(fixture.defects).toEqual([]);
  });
});

test('with a token: everything but liveness and the empty GraphiQL page', async () => {
  const token = 'sixteen-characters-and-more';
  const { url, close } = await fixture.restart({ token });
  const right = { authorization: `Bearer ${token}` };
  expect((await ask(url, '{ catalog { name } }', {}, right)).status).toBe(200);
  for (const headers of [
    {},
    { authorization: 'Bearer nope' },
    { authorization: token },
    { authorization: `Basic ${token}` },
  ] as Record<string, string>[])
    expect((await ask(url, '{ catalog { name } }', {}, headers)).status).toBe(401);
  expect((await fetch(`${url}/metrics`)).status).toBe(401);
  expect((await fetch(`${url}/metrics`, { headers: right })).status).toBe(200);
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  await close();
});

test('health', async () => {
  let cause: string | null = 'bootstrapping';
  const { url, close } = await fixture.restart({ notReady: () => cause });
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  const waiting = await fetch(`${url}/health/ready`);
  expect([waiting.status, await waiting.json()]).toEqual([503, { status: 'not ready', cause }]);
  cause = null;
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  await close();
});

test('metrics of the process, the engine and the lag', async () => {
  await fixture.pool.query(
    `INSERT INTO millrace.partition_progress VALUES (1, 7, 0, 5, 12, NULL, NULL, false)`,
  );
  const text = await (await fetch(`${fixture.url}/metrics`)).text();
  expect(text).toContain('process_cpu_user_seconds_total');
  expect(text).toContain('millrace_rows_total{pipeline="a\\"b"} 3');
  expect(text).toContain('millrace_lag_records{pipeline="things",source="7",partition="0"} 7');
});

test('GraphiQL comes from here alone', async () => {
  const page = await fetch(`${fixture.url}/graphiql`);
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  const html = await page.text();
  expect(html).not.toMatch(/https?:\/\//);
  const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
  expect(files).toHaveLength(7);
  for (const file of files) {
    const response = await fetch(`${fixture.url}/${file}`);
    expect([file, response.status]).toEqual([file, 200]);
    expect((await response.text()).length).toBeGreaterThan(40);
  }
});

test('a taken port is named', async () => {
  const port = Number(new URL(fixture.url).port);
  await expect(fixture.restart({ port })).rejects.toMatchObject({ code: 'PORT_IN_USE' });
});
