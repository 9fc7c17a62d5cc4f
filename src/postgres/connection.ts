// One connection to Postgres. Everything that leaves this folder is one of these calls; `pg`'s own client stays inside.

import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { pipeline } from 'node:stream/promises';
import type { BurstStatement, CommandTag } from './burst.ts';
import { Burst } from './burst.ts';
import { unreachable } from './sql-errors.ts';
import { typeParsers } from './values.ts';

export interface ConnectOptions {
  /** Shown in pg_stat_activity; 63 bytes at most. */
  readonly applicationName: string;
  readonly connectTimeoutMs?: number;
  /** 0 = none. */
  readonly statementTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
  readonly idleInTransactionTimeoutMs?: number;
  /** For connections that write by key, see BY_INDEX. */
  readonly byIndex?: boolean;
}

const DEFAULTS = {
  connectTimeoutMs: 10_000,
  statementTimeoutMs: 60_000,
  lockTimeoutMs: 0,
  idleInTransactionTimeoutMs: 30_000,
} as const;

const GOODBYE_MS = 2_000;

// Fixed for the session, whatever the server's or the user's defaults: what a commit acknowledges is durable, text forms
// are those that values.ts reads, and the server notices within about 25 seconds that a peer's machine is gone.
const SESSION = {
  synchronous_commit: 'on',
  timezone: 'UTC',
  datestyle: 'ISO,MDY',
  intervalstyle: 'postgres',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  default_transaction_isolation: 'read\\ committed',
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
} as const;

// A prepared statement keeps the plan that it got while its table was small: measured, a view that had grown from 20 to
// 500,000 rows was read whole for every ten changed rows (129 ms instead of 4) until autovacuum came by. Statements that write by
// key want the index whatever the size, and no planning each time.
const BY_INDEX = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  jit: 'off',
} as const;

export interface Rows<Row> {
  readonly rows: readonly Row[];
  readonly rowCount: number;
  /** First word of the command tag, such as COMMIT. */
  readonly command: string;
}

/** How many bytes of cells may still be read. */
export interface Room {
  left: number;
}

/** More was read than there was room for; the connection is gone. */
export class NoRoom extends Error {
  override readonly name = 'NoRoom';
}

export interface TextTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface Notification {
  readonly channel: string;
  readonly payload: string;
}

export function clientConfig(url: string, options: ConnectOptions): pg.ClientConfig {
  const chosen = { ...DEFAULTS, ...options };
  const { address, userOptions } = splitOptions(url);
  const session = chosen.byIndex === true ? { ...SESSION, ...BY_INDEX } : SESSION;
  const settings = Object.entries(session).map(([name, value]) => `-c ${name}=${value}`);
  return {
    connectionString: address,
    application_name: chosen.applicationName,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: chosen.connectTimeoutMs,
    statement_timeout: chosen.statementTimeoutMs,
    lock_timeout: chosen.lockTimeoutMs,
    idle_in_transaction_session_timeout: chosen.idleInTransactionTimeoutMs,
    options: [userOptions, ...settings].join(' ').trim(),
    types: typeParsers,
  };
}

/** What a URL says overrides the rest of a pg configuration, so that its `options` have to be taken out to be joined with ours. */
function splitOptions(url: string): { address: string; userOptions: string } {
  if (!URL.canParse(url)) return { address: url, userOptions: '' };
  const parsed = new URL(url);
  const userOptions = parsed.searchParams.get('options') ?? '';
  parsed.searchParams.delete('options');
  parsed.searchParams.delete('application_name');
  return { address: parsed.href, userOptions };
}

/** Opens a connection of its own, or throws POSTGRES_UNREACHABLE. */
export async function connect(url: string, options: ConnectOptions): Promise<Connection> {
  const client = new pg.Client(clientConfig(url, options));
  const connection = new Connection(client);
  try {
    await client.connect();
  } catch (error) {
    connection.destroy();
    throw unreachable(url, error);
  }
  return connection;
}

export class Connection {
  readonly #client: pg.Client | pg.PoolClient;
  readonly #prepared = new Set<string>();
  readonly #lostListeners: ((error: Error) => void)[] = [];
  #lost: Error | undefined;

  constructor(client: pg.Client | pg.PoolClient) {
    this.#client = client;
    client.on('error', (error) => this.#fail(error));
    client.on('end', () => this.#fail(new Error('Connection terminated')));
  }

  /** Why this connection cannot be used any more. */
  get lost(): Error | undefined {
    return this.#lost;
  }

  /** Called once, when the connection breaks or is closed. */
  onLost(listener: (error: Error) => void): void {
    if (this.#lost === undefined) this.#lostListeners.push(listener);
    else listener(this.#lost);
  }

  onNotification(listener: (notification: Notification) => void): void {
    this.#client.on('notification', ({ channel, payload }) => listener({ channel, payload: payload ?? '' }));
  }

  /**
   * Rows as the texts that Postgres sends, in the order of the columns. Takes what they have out of `room`; when that is not enough
   * the connection is cut, which is the only way to stop a server that is sending, and NoRoom thrown.
   */
  queryTexts(
    text: string,
    values: readonly unknown[],
    room: Room,
  ): Promise<readonly (readonly (string | null)[])[]> {
    const types = { getTypeParser: () => (cell: string) => cell };
    const config: pg.QueryArrayConfig = { text, values: [...values], rowMode: 'array', types };
    const query = new pg.Query<(string | null)[]>(config);
    const rows: (string | null)[][] = [];
    return new Promise((resolve, reject) => {
      query.on('row', (row: (string | null)[]) => {
        if (room.left < 0) return;
        for (const cell of row) room.left -= cell?.length ?? 0;
        rows.push(row);
        if (room.left >= 0) return;
        rows.length = 0;
        reject(new NoRoom('the answer is larger than there is room for'));
        this.destroy();
      });
      query.on('error', reject);
      query.on('end', () => resolve(rows));
      this.#client.query(query);
    });
  }

  /** One statement of a user's, whatever its columns are: texts as Postgres sends them. */
  async queryTable(text: string): Promise<TextTable> {
    const types = { getTypeParser: () => (cell: string) => cell };
    // The extended protocol takes one statement only. pg's types leave this option out.
    const query = { text, rowMode: 'array', types, queryMode: 'extended' } as pg.QueryArrayConfig;
    const { fields, rows } = await this.#client.query<(string | null)[]>(query);
    return { columns: fields.map(({ name }) => name), rows };
  }

  /** One statement. The caller vouches for `Row`: columns as values.ts reads them. */
  async query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Rows<Row>> {
    const result = await this.#client.query<Row>(text, [...values]);
    return { rows: result.rows, rowCount: result.rowCount ?? 0, command: result.command };
  }

  /** Like `query`, prepared once per connection under `name`. */
  async prepared<Row extends object>(
    name: string,
    text: string,
    values: readonly unknown[],
  ): Promise<Rows<Row>> {
    const result = await this.#client.query<Row>({ name, text, values: [...values] });
    return { rows: result.rows, rowCount: result.rowCount ?? 0, command: result.command };
  }

  /** Several statements without parameters in one string, such as a migration. Runs as one transaction unless it says otherwise. */
  async script(text: string): Promise<void> {
    await this.#client.query(text);
  }

  /**
   * Statements in one round trip (see burst.ts); the whole burst must be answered within `timeoutMs`, or the connection
   * is cut. Rejects with a BurstError and cuts the connection: its transaction is open, and what it has prepared unknown.
   */
  async burst(statements: readonly BurstStatement[], timeoutMs: number): Promise<readonly CommandTag[]> {
    if (this.#lost !== undefined) throw this.#lost;
    const timer = setTimeout(() => this.destroy(), timeoutMs);
    try {
      return await this.#client.query(new Burst(statements, this.#prepared)).done;
    } catch (error) {
      this.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** `COPY … TO STDOUT`: the bytes as they come, cut anywhere. Leaving the loop early closes the connection. */
  async *copyOut(text: string): AsyncGenerator<Buffer, void, undefined> {
    let finished = false;
    try {
      for await (const chunk of this.#client.query(copyTo(text)) as AsyncIterable<Buffer>) yield chunk;
      finished = true;
    } finally {
      if (!finished) this.destroy();
    }
  }

  /** `COPY … FROM STDIN`: resolves to the number of rows. */
  async copyIn(text: string, payload: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<number> {
    const stream = this.#client.query(copyFrom(text));
    await pipeline(payload, stream);
    return stream.rowCount;
  }

  /** Says goodbye and waits until the server has closed; one that does not answer is left. */
  async close(): Promise<void> {
    if ('release' in this.#client) throw new Error('a connection of a pool is released, not closed');
    if (this.#lost !== undefined) return;
    const timer = setTimeout(() => this.destroy(), GOODBYE_MS);
    await this.#client.end();
    clearTimeout(timer);
  }

  /** Cuts the connection now. What it was doing may or may not have happened. */
  destroy(): void {
    socketOf(this.#client).destroy();
    this.#fail(new Error('Connection terminated'));
  }

  #fail(error: Error): void {
    if (this.#lost !== undefined) return;
    this.#lost = error;
    for (const listener of this.#lostListeners.splice(0)) listener(error);
  }
}

function socketOf(client: pg.Client | pg.PoolClient): { destroy(): void } {
  return (client as unknown as { readonly connection: { readonly stream: { destroy(): void } } }).connection
    .stream;
}
