// Of several services on one database one leads: it runs the pipelines and takes statements. The others stand by, and one of them
// leads within seconds when it is gone.
//
// The lease is a lock of Postgres that belongs to a session, and Postgres itself ends a session that says nothing for five seconds.
// So it is free at once when the service ends or is killed, and after five seconds when it hangs or its network is gone, whatever
// clocks say. A service that lost it without knowing can commit nothing any more: the other has taken its pipelines over
// (src/epoch/takeover.ts). When that other is gone by the time it looks, the lock is free: that somebody led in between, and may have
// changed the catalog, is told by the term, which rises each time.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../postgres/connection.ts';
import { connect } from '../postgres/connection.ts';
import { isTransient } from '../postgres/sql-errors.ts';

const LOCK = 7_140_522_861_275n;
const SILENT_FOR_MS = 5000;
const BEAT_EVERY_MS = 1000;
const ASK_EVERY_MS = 500;
const NAME = 'millrace lead';

export interface Lead {
  /** Another service leads now, or has led meanwhile: let go of everything. */
  readonly lost: AbortSignal;
  /** Begins a term; before anything is read that another service may change. */
  begin(): Promise<void>;
  release(): Promise<void>;
}

/** Waits until nobody else leads; null: the signal came first. `standsBy` is told once, with who leads. */
export async function takeLead(
  url: string,
  signal: AbortSignal,
  standsBy: (who: string) => void,
): Promise<Lead | null> {
  const session = new Session(url);
  for (let told = false; ;) {
    const leader = await session.ask().catch((error: unknown) => {
      // While it waits, a database that is away comes back.
      if (told && isTransient(error)) return 'nobody, while the database is away';
      throw error;
    });
    if (leader === null) return new Held(session);
    if (!told) standsBy(leader);
    told = true;
    await sleep(ASK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) {
      await session.close();
      return null;
    }
  }
}

/** A connection that is made again when it breaks. */
class Session {
  /** Tells its own sessions, one of which Postgres may not have missed yet, from others. */
  readonly name = `${NAME} ${randomUUID().slice(0, 8)}`;
  private readonly url: string;
  private connection: Connection | null = null;

  constructor(url: string) {
    this.url = url;
  }

  /** null: the lock is ours. Otherwise who has it. */
  async ask(): Promise<string | null> {
    const connection = await this.connected();
    const { rows } = await connection.query<{ mine: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()
                         AND (classid::bigint << 32 | objid::bigint) = $1)
              OR pg_try_advisory_lock($1) AS mine`,
      [LOCK],
    );
    return rows[0]!.mine ? null : this.leader(connection);
  }

  /** Of the service that has begun to lead last. */
  async term(): Promise<bigint> {
    return readTerm(await this.connected(), 'SELECT term FROM millrace.lead');
  }

  async beginTerm(): Promise<bigint> {
    return readTerm(await this.connected(), 'UPDATE millrace.lead SET term = term + 1 RETURNING term');
  }

  async close(): Promise<void> {
    await this.connection?.close();
    this.connection = null;
  }

  private async leader(connection: Connection): Promise<string> {
    const { rows } = await connection.query<{ name: string; who: string }>(
      `SELECT a.application_name AS name,
              format('%s at %s, since %s', a.application_name, coalesce(host(a.client_addr), 'this machine'),
                     date_trunc('second', a.backend_start)) AS who
         FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE l.locktype = 'advisory' AND l.granted AND (l.classid::bigint << 32 | l.objid::bigint) = $1`,
      [LOCK],
    );
    if (rows[0]?.name === this.name) return this.name;
    return rows[0]?.who ?? 'another service';
  }

  private async connected(): Promise<Connection> {
    if (this.connection !== null && this.connection.lost === undefined) return this.connection;
    this.connection = await connect(this.url, {
      applicationName: this.name,
      statementTimeoutMs: SILENT_FOR_MS,
    });
    await this.connection.query(`SET idle_session_timeout = ${SILENT_FOR_MS}`);
    return this.connection;
  }
}

async function readTerm(connection: Connection, sql: string): Promise<bigint> {
  const { rows } = await connection.query<{ term: bigint }>(sql);
  return rows[0]!.term;
}

class Held implements Lead {
  private readonly session: Session;
  private readonly ending = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private beating: Promise<void> | null = null;
  private term: bigint | null = null;

  constructor(session: Session) {
    this.session = session;
    this.timer = setInterval(() => {
      this.beating ??= this.beat().finally(() => (this.beating = null));
    }, BEAT_EVERY_MS);
  }

  get lost(): AbortSignal {
    return this.ending.signal;
  }

  async begin(): Promise<void> {
    this.term = await this.session.beginTerm();
  }

  async release(): Promise<void> {
    clearInterval(this.timer);
    await this.beating;
    await this.session.close();
  }

  private async beat(): Promise<void> {
    try {
      const leader = await this.session.ask();
      // A session of our own that is over soon.
      if (leader === this.session.name) return;
      if (leader === null && (this.term === null || (await this.session.term()) === this.term)) return;
      clearInterval(this.timer);
      this.ending.abort();
    } catch {
      // Nobody leads while the database is away; what has become of the lock is asked again.
    }
  }
}
