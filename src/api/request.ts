// What the resolvers of one request share: one snapshot of the database, so that what is read together agrees, and who asks.

import type { Connection, Room } from '../postgres/connection.ts';
import type { Pool } from '../postgres/pool.ts';
import type { InFlight } from './in-flight.ts';

export interface Api {
  readonly requester: string;
  readonly reads: ReadBatch;
  /** null: not a connection that lasts. */
  readonly connection: Socket | null;
}

/** A WebSocket, as far as subscriptions know it. */
export interface Socket {
  /** Open at present. */
  subscriptions: number;
  /** Of its messages. */
  readonly inFlight: InFlight;
  /** Ends it without waiting for the other side. */
  readonly cut: () => void;
}

type Read = (connection: Connection) => Promise<void>;

/** Reads that are asked for in one turn of the event loop run in one read-only transaction, one after the other. */
export class ReadBatch {
  readonly #pool: Pool;
  readonly #room: Room;
  #waiting: Read[] = [];

  /** `bytes`: of all rows that it may read. */
  constructor(pool: Pool, bytes: number) {
    this.#pool = pool;
    this.#room = { left: bytes };
  }

  read<T>(run: (connection: Connection, room: Room) => Promise<T>): Promise<T> {
    if (this.#waiting.length === 0) setImmediate(() => void this.#flush());
    return new Promise((resolve, reject) => {
      const own = async (connection: Connection): Promise<void> => {
        try {
          resolve(await run(connection, this.#room));
        } catch (error) {
          reject(error as Error);
          throw error;
        }
      };
      this.#waiting.push(own);
      this.#rejects.push(reject);
    });
  }

  #rejects: ((error: unknown) => void)[] = [];

  async #flush(): Promise<void> {
    const [reads, rejects] = [this.#waiting, this.#rejects];
    [this.#waiting, this.#rejects] = [[], []];
    try {
      await this.#pool.transaction(
        async (connection) => {
          for (const read of reads) await read(connection);
        },
        { isolation: 'repeatable read', readOnly: true },
      );
    } catch (error) {
      // Who was answered already does not hear of it.
      for (const reject of rejects) reject(error);
    }
  }
}
