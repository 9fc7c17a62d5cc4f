// A schema registry as small as one can be that speaks the protocol truly: subjects with versions, schemas by id, references, basic
// authentication; and that can be made to fail.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import avro from 'avsc';
import { onTestFinished } from 'vitest';

interface Registered {
  readonly id: number;
  readonly schema: string;
  readonly schemaType: string;
  readonly references: readonly { name: string; subject: string; version: number }[];
}

export class TestRegistry {
  readonly url: string;
  readonly asked: string[] = [];
  /** Answers everything, until it is taken away. */
  fault: ((response: ServerResponse) => void) | null = null;
  login: string | null = null;
  private readonly subjects = new Map<string, Registered[]>();
  private readonly byId = new Map<number, Registered>();

  private constructor(url: string) {
    this.url = url;
  }

  static async start(): Promise<TestRegistry> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const registry = new TestRegistry(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', (request, response) => registry.answer(request, response));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return registry;
  }

  register(
    subject: string,
    schema: unknown,
    schemaType = 'AVRO',
    references: Registered['references'] = [],
  ): number {
    const id = this.byId.size + 1;
    const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
    const entry = { id, schema: text, schemaType, references };
    this.byId.set(id, entry);
    this.subjects.set(subject, [...(this.subjects.get(subject) ?? []), entry]);
    return id;
  }

  /** The schemas of a subject, oldest first. */
  versions(subject: string): readonly string[] {
    return (this.subjects.get(subject) ?? []).map(({ schema }) => schema);
  }

  private async post(subject: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const { schema } = JSON.parse(Buffer.concat(pieces).toString()) as { schema: string };
    const known = this.subjects.get(subject)?.find((entry) => entry.schema === schema);
    if (known !== undefined) return send(response, 200, { id: known.id });
    if (!isCompatible(this.versions(subject).at(-1), schema))
      return send(response, 409, { error_code: 409, message: 'Schema being registered is incompatible' });
    send(response, 200, { id: this.register(subject, schema) });
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    this.asked.push(path);
    if (this.fault !== null) return this.fault(response);
    const posted = /^\/subjects\/([^/]+)\/versions$/.exec(path);
    if (request.method === 'POST' && posted !== null)
      return void this.post(decodeURIComponent(posted[1]!), request, response);
    if (
      this.login !== null &&
      request.headers.authorization !== `Basic ${Buffer.from(this.login).toString('base64')}`
    )
      return send(response, 401, { error_code: 40101, message: 'Unauthorized' });
    const byId = /^\/schemas\/ids\/(\d+)$/.exec(path);
    const bySubject = /^\/subjects\/([^/]+)\/versions\/(\d+|latest)$/.exec(path);
    const versions = this.subjects.get(decodeURIComponent(bySubject?.[1] ?? '')) ?? [];
    const version = bySubject?.[2] === 'latest' ? versions.length : Number(bySubject?.[2]);
    const found = byId === null ? versions[version - 1] : this.byId.get(Number(byId[1]));
    if (found === undefined) return send(response, 404, { error_code: 40403, message: 'Schema not found' });
    const { id, schema, schemaType, references } = found;
    // As the original: AVRO goes without saying.
    const type = schemaType === 'AVRO' ? {} : { schemaType };
    const known = { schema, ...type, ...(references.length === 0 ? {} : { references }) };
    send(response, 200, byId === null ? { subject: bySubject?.[1], version, id, ...known } : known);
  }
}

/** BACKWARD compatibility of Avro, as avsc judges it: the new schema must read what the latest one wrote. */
function isCompatible(latest: string | undefined, schema: string): boolean {
  if (latest === undefined) return true;
  try {
    avro.Type.forSchema(JSON.parse(schema) as never).createResolver(
      avro.Type.forSchema(JSON.parse(latest) as never),
    );
    return true;
  } catch {
    return false;
  }
}

export function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' });
  response.end(JSON.stringify(body));
}

export function framed(id: number, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeInt32BE(id, 1);
  return Buffer.concat([head, bytes]);
}
