// Statements from psql: CALL millrace.submit($$…$$) leaves a row in millrace.requests, which is taken, carried out and
// answered here. The notification only wakes; the table is the truth, so nothing is lost while the connection is away.

import { hideSecrets } from '../catalog/secrets.ts';
import { lineAndColumn, MillraceError, renderError } from '../errors.ts';
import type { Subscription } from '../postgres/listen.ts';
import { subscribe } from '../postgres/listen.ts';
import type { Pool } from '../postgres/pool.ts';
import type { Answer } from './answer.ts';
import { answerLines } from './answer.ts';
import { deployFile } from './deployments.ts';
import type { Engine } from './engine.ts';

const CHANNEL = 'millrace_requests';
const AT_A_TIME = 16;

export interface RequestDoor {
  close(): Promise<void>;
}

export async function openRequestDoor(pool: Pool, engine: Engine): Promise<RequestDoor> {
  const door = new Door(pool, engine);
  const subscription: Subscription = subscribe(
    pool.url,
    { applicationName: 'millrace requests' },
    [CHANNEL],
    { onNotification: () => door.wake(), onGap: () => door.wake() },
  );
  await subscription.ready;
  return {
    async close() {
      await subscription.close();
      await door.idle();
    },
  };
}

interface RequestRow {
  readonly id: string;
  readonly sql: string;
  readonly requester: string;
  readonly dialect: string | null;
  /** That it is the text of; null: a text by itself. */
  readonly file: string | null;
}

class Door {
  private readonly pool: Pool;
  private readonly engine: Engine;
  private working: Promise<void> = Promise.resolve();
  /** Taken and not answered yet: one that waits for a lock does not keep others from being carried out. */
  private readonly underWay = new Set<Promise<void>>();

  constructor(pool: Pool, engine: Engine) {
    this.pool = pool;
    this.engine = engine;
  }

  wake(): void {
    // A database that is away wakes us again when it is back.
    this.working = this.working.then(() => this.drain()).catch(() => {});
  }

  async idle(): Promise<void> {
    await this.working;
    await Promise.all(this.underWay);
  }

  private async drain(): Promise<void> {
    for (;;) {
      const { rows } = await this.pool.query<RequestRow>(
        `UPDATE millrace.requests SET status = 'taken' WHERE id = (
           SELECT id FROM millrace.requests WHERE status = 'waiting' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING id::text, sql, requester, dialect, file`,
      );
      const request = rows[0];
      if (request === undefined) return;
      // A database that is away: the request stays taken, as when the service ends then.
      const done = this.carryOut(request)
        .catch(() => undefined)
        .finally(() => this.underWay.delete(done));
      this.underWay.add(done);
      if (this.underWay.size >= AT_A_TIME) await Promise.race(this.underWay);
    }
  }

  private async answersTo({ sql, file, requester, dialect }: RequestRow): Promise<readonly Answer[]> {
    const by = { requester, isRole: true, dialect };
    if (file === null) return this.engine.submit(sql, by);
    const { answers, error } = await deployFile(this.pool, this.engine, { name: file, text: sql }, by);
    if (error !== null) throw error instanceof Error ? error : new Error(String(error));
    return answers;
  }

  private async carryOut(request: RequestRow): Promise<void> {
    let status = 'done';
    let reply: object;
    try {
      const answers = await this.answersTo(request);
      reply = { lines: answers.flatMap(answerLines), answers };
    } catch (error) {
      status = 'failed';
      reply = failureReply(error, request.sql);
    }
    await this.pool.query(
      'UPDATE millrace.requests SET status = $2, answer = $3, sql = $4, answered_at = clock_timestamp() WHERE id = $1',
      [request.id, status, hideSecrets(JSON.stringify(reply)), hideSecrets(request.sql)],
    );
  }
}

function failureReply(error: unknown, request: string): object {
  const rendered = renderError(error);
  if (!(error instanceof MillraceError)) return { message: rendered, rendered };
  const { code, message, hint, span, sql } = error;
  const at = span !== undefined && sql !== undefined ? lineAndColumn(sql, span.offset) : undefined;
  return {
    message: `${message} [${code}]`,
    code,
    rendered,
    // For a client that put the text together from what its user wrote.
    placed: span !== undefined && sql === request ? { code, text: message, hint, span } : undefined,
    hint,
    detail:
      at === undefined
        ? undefined
        : `line ${at.line}, column ${at.column}: ${at.lineText}\n${' '.repeat(`line ${at.line}, column ${at.column}: `.length + at.column - 1)}^`,
  };
}
