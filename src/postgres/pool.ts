// A bounded set of connections, for everything but the commits of epochs (which have a connection of their own).

import pg from 'pg';
import type { ConnectOptions, Rows } from './connection.ts';
import { clientConfig, Connection } from './connection.ts';
import { busy, endsConnection, unreachable } from './sql-errors.ts';
import type { TransactionOptions } from './transaction.ts';
import { transaction } from './transaction.ts';

export interface PoolOptions extends ConnectOptions {
  /** How many connections at most; who comes later waits. */
  readonly max?: number;
  readonly idleTimeoutMs?: number;
  /**
   * Who comes later waits for as long as it takes: for work that has to be done. Nobody may then ask for a connection while one is lent
   * to him. Otherwise the wait ends with POSTGRES_BUSY after the time that connecting may take.
   */
  readonly patient?: boolean;
}

const DEFAULT_MAX = 8;

export class Pool {
  readonly url: string;
  readonly #pool: pg.Pool;
  readonly #max: number;
  readonly #turns: Turns | null;
  readonly #connections = new WeakMap<pg.PoolClient, Connection>();

  constructor(url: string, options: PoolOptions) {
    this.url = url;
    this.#max = options.max ?? DEFAULT_MAX;
    this.#turns = options.patient === true ? new Turns(this.#max) : null;
    this.#pool = new pg.Pool({
      ...clientConfig(url, options),
      max: this.#max,
      idleTimeoutMillis: options.idleTimeoutMs ?? 30_000,
    });
    // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
    this.#pool.on('error', () => {});
  }

  /** Lends a connection. One that broke meanwhile is not used again. */
  async use<T>(run: (connection: Connection) => Promise<T>): Promise<T> {
    await this.#turns?.take();
    try {
      return await this.#lend(run);
    } finally {
      this.#turns?.end();
    }
  }

  async #lend<T>(run: (connection: Connection) => Promise<T>): Promise<T> {
    const client = await this.#acquire();
    const known = this.#connections.get(client);
    const connection = known ?? new Connection(client);
    if (known === undefined) this.#connections.set(client, connection);
    let broken: Error | undefined;
    try {
      return await run(connection);
    } catch (error) {
      if (endsConnection(error)) broken = error as Error;
      throw error;
    } finally {
      client.release(connection.lost ?? broken);
    }
  }

  query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Rows<Row>> {
    return this.use((connection) => connection.query<Row>(text, values));
  }

  transaction<T>(run: (connection: Connection) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return this.use((connection) => transaction(connection, run, options));
  }

  /** Waits for the connections that are lent. */
  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #acquire(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      // All are there, and lent: it was a wait for one of them, not a connection, that took too long.
      if (this.#pool.totalCount >= this.#max && /^timeout exceeded/.test(messageOf(error)))
        throw busy(this.#max);
      throw unreachable(this.url, error);
    }
  }
}

/** As many at a time as there are connections, in the order in which they came. */
class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.#free = most;
  }

  async take(): Promise<void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  end(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}
