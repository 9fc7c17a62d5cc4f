// A schema registry that speaks Confluent's protocol (GET /schemas/ids/…, GET /subjects/…/versions/…), asked within bounds: of time, of
// the size of an answer, of the number of references. Redirects are not followed, for only what the configuration allows is asked.

import { MillraceError } from '../../errors.ts';

export interface RegistryAddress {
  /** http(s)://host:port[/path], without a slash at its end. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

export type SchemaType = 'AVRO' | 'PROTOBUF' | 'JSON';

export interface RegisteredSchema {
  readonly id: number;
  readonly type: SchemaType;
  readonly text: string;
  /** What it imports, what those import, … each before what needs it. */
  readonly references: readonly { readonly name: string; readonly text: string }[];
}

export interface RegistryOptions {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

const DEFAULTS: RegistryOptions = { timeoutMs: 10_000, maxBytes: 4 << 20 };
const MAX_REFERENCES = 256;

interface Answer {
  readonly id?: unknown;
  readonly schema?: unknown;
  readonly schemaType?: unknown;
  readonly references?: unknown;
  readonly message?: unknown;
}

interface Reference {
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

export class RegistryClient {
  private readonly address: RegistryAddress;
  private readonly options: RegistryOptions;

  constructor(address: RegistryAddress, options: Partial<RegistryOptions> = {}) {
    this.address = address;
    this.options = { ...DEFAULTS, ...options };
  }

  /** Throws SCHEMA_NOT_FOUND, REGISTRY_DENIED, REGISTRY_ERROR, or REGISTRY_UNREACHABLE, which may pass. */
  async byId(id: number): Promise<RegisteredSchema> {
    return this.resolve(id, await this.ask(`/schemas/ids/${id}`, `schema ${id}`));
  }

  async latest(subject: string): Promise<RegisteredSchema> {
    const path = `/subjects/${encodeURIComponent(subject)}/versions/latest`;
    const answer = await this.ask(path, `subject "${subject}"`);
    if (!Number.isInteger(answer.id)) throw this.badAnswer('it has no id');
    return this.resolve(Number(answer.id), answer);
  }

  /**
   * The id of an Avro schema under a subject, which has it from now on. Throws SCHEMA_INCOMPATIBLE where the subject's rules do not
   * allow it.
   */
  async register(subject: string, schema: string): Promise<number> {
    const path = `/subjects/${encodeURIComponent(subject)}/versions`;
    const response = await this.fetch(path, JSON.stringify({ schema }));
    const body = await this.bodyOf(response);
    const { message } = parsed(body) ?? {};
    if (response.status === 409) throw incompatible(subject, typeof message === 'string' ? message : body);
    const answer = this.answerOf(response, body, `subject "${subject}"`);
    if (!Number.isInteger(answer.id)) throw this.badAnswer('it has no id');
    return Number(answer.id);
  }

  private async resolve(id: number, answer: Answer): Promise<RegisteredSchema> {
    const type = answer.schemaType ?? 'AVRO';
    if (type !== 'AVRO' && type !== 'PROTOBUF' && type !== 'JSON')
      throw this.badAnswer(`schema type ${JSON.stringify(type)} is not known`);
    const found = new Map<string, string>();
    await this.follow(referencesOf(answer), found, new Set());
    const references = [...found].map(([name, text]) => ({ name, text }));
    return { id, type, text: this.textOf(answer), references };
  }

  /** Depth first, so that what is imported comes before who imports it. */
  private async follow(
    references: readonly Reference[],
    found: Map<string, string>,
    under: Set<string>,
  ): Promise<void> {
    for (const { name, subject, version } of references) {
      if (found.has(name) || under.has(name)) continue;
      if (under.size + found.size >= MAX_REFERENCES) throw this.badAnswer('a schema has too many references');
      under.add(name);
      const path = `/subjects/${encodeURIComponent(subject)}/versions/${version}`;
      const answer = await this.ask(path, `subject "${subject}", version ${version}`);
      await this.follow(referencesOf(answer), found, under);
      found.set(name, this.textOf(answer));
    }
  }

  private textOf({ schema }: Answer): string {
    if (typeof schema === 'string') return schema;
    throw this.badAnswer('it holds no schema');
  }

  private async ask(path: string, what: string): Promise<Answer> {
    const response = await this.fetch(path);
    return this.answerOf(response, await this.bodyOf(response), what);
  }

  private answerOf(response: Response, body: string, what: string): Answer {
    if (response.ok) {
      const answer = parsed(body);
      if (answer === undefined) throw this.badAnswer('it is not a JSON object');
      return answer;
    }
    switch (response.status) {
      case 404:
        throw notFound(what, this.address.url);
      case 401:
      case 403:
        throw denied(this.address.url, response.status);
      default:
        if (response.status >= 500 || response.status === 429)
          throw this.unreachable(`it answers with status ${response.status}`);
        throw this.badAnswer(`it answers with status ${response.status}`);
    }
  }

  /** `body`: POST instead of GET. */
  private async fetch(path: string, body?: string): Promise<Response> {
    const { url, username, password } = this.address;
    const login =
      username === undefined ? undefined : Buffer.from(`${username}:${password ?? ''}`).toString('base64');
    try {
      return await fetch(url + path, {
        redirect: 'error',
        ...(body === undefined ? {} : { method: 'POST', body }),
        signal: AbortSignal.timeout(this.options.timeoutMs),
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/vnd.schemaregistry.v1+json' }),
          accept: 'application/vnd.schemaregistry.v1+json, application/json',
          ...(login === undefined ? {} : { authorization: `Basic ${login}` }),
        },
      });
    } catch (error) {
      throw this.unreachable(reasonOf(error), error);
    }
  }

  private async bodyOf(response: Response): Promise<string> {
    const pieces: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const piece of response.body ?? []) {
        size += piece.length;
        if (size > this.options.maxBytes) break;
        pieces.push(piece);
      }
    } catch (error) {
      throw this.unreachable(reasonOf(error), error);
    }
    if (size > this.options.maxBytes)
      throw this.badAnswer(`it is larger than ${this.options.maxBytes} bytes`);
    return Buffer.concat(pieces).toString();
  }

  private unreachable(reason: string, cause?: unknown): MillraceError {
    return new MillraceError({
      code: 'REGISTRY_UNREACHABLE',
      domain: 'external',
      retryable: true,
      message: `cannot reach the schema registry at ${this.address.url}: ${reason}`,
      hint: 'is it running, and is the address right?',
      cause,
    });
  }

  private badAnswer(what: string): MillraceError {
    return new MillraceError({
      code: 'REGISTRY_ERROR',
      domain: 'external',
      message: `the answer of the schema registry at ${this.address.url} cannot be used: ${what}`,
      hint: 'is the address that of a schema registry?',
    });
  }
}

function parsed(body: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function referencesOf({ references }: Answer): readonly Reference[] {
  if (!Array.isArray(references)) return [];
  return references.flatMap((entry: Partial<Record<keyof Reference, unknown>>) => {
    const { name, subject, version } = entry;
    const isWhole = typeof name === 'string' && typeof subject === 'string' && Number.isInteger(version);
    return isWhole ? [{ name, subject, version: Number(version) }] : [];
  });
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}

function notFound(what: string, url: string): MillraceError {
  return new MillraceError({
    code: 'SCHEMA_NOT_FOUND',
    message: `the schema registry at ${url} has no ${what}`,
    hint: 'register the schema, or name another subject with schema.subject',
  });
}

function denied(url: string, status: number): MillraceError {
  return new MillraceError({
    code: 'REGISTRY_DENIED',
    message: `the schema registry at ${url} refuses the request (status ${status})`,
    hint: 'check schema.registry.username and schema.registry.password',
  });
}

function incompatible(subject: string, message: string): MillraceError {
  return new MillraceError({
    code: 'SCHEMA_INCOMPATIBLE',
    message: `the schema of the sink is not compatible with subject "${subject}": ${message.slice(0, 500)}`,
    hint: 'write into another topic or subject, or change the columns or the compatibility of the subject',
  });
}
