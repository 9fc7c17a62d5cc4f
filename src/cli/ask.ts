// Statements from the command line: through the same table as psql's CALL millrace.submit, so that both doors are one.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { DATABASE } from '../dev/postgres-cluster.ts';
import { runningService } from '../dev/state-dir.ts';
import type { TextSpan } from '../errors.ts';
import { MillraceError } from '../errors.ts';
import type { Answer } from '../pipeline/answer.ts';
import type { Connection } from '../postgres/connection.ts';
import { connect } from '../postgres/connection.ts';
import { isConnectionError } from '../postgres/sql-errors.ts';
import { MAX_TEXT_BYTES } from '../sql/limits.ts';

const ANSWER_WITHIN_MS = 60_000;
const TAKEN_WITHIN_MS = 10_000;

export type Reply =
  | { readonly kind: 'done'; readonly answers: readonly Answer[] }
  /** The error as a user reads it, and what it is made of where it points into the text that was sent. */
  | { readonly kind: 'failed'; readonly rendered: string; readonly placed: PlacedError | null };

export interface PlacedError {
  readonly code: string;
  readonly text: string;
  readonly hint?: string;
  readonly span: TextSpan;
}

/** The address of the database of this installation: the configured one, or the built-in one as its state folder says. */
export function databaseUrlOf(config: Config): string {
  if (config.databaseUrl !== null) return config.databaseUrl;
  let line: string;
  try {
    line = readFileSync(join(config.stateDir, 'pgpass'), 'utf8').trim();
  } catch (cause) {
    throw notThere(config, cause);
  }
  const [host, port, , user, password] = line.split(':');
  return `postgresql://${user}:${password}@${host}:${port}/${DATABASE}`;
}

function notThere(config: Config, cause: unknown): MillraceError {
  return new MillraceError({
    code: 'NOT_STARTED',
    domain: 'external',
    message: `no installation in ${config.stateDir}`,
    hint: 'start it with "millrace start", or set DATABASE_URL or MILLRACE_DIR',
    cause,
  });
}

export async function openDatabase(config: Config): Promise<Connection> {
  try {
    return await connect(databaseUrlOf(config), { applicationName: 'millrace cli' });
  } catch (error) {
    // The built-in Postgres ends with its service.
    if (config.databaseUrl !== null || !isConnectionError(error)) throw error;
    if (runningService(config.stateDir) !== undefined) throw error;
    throw notRunning(config, error);
  }
}

function notRunning(config: Config, cause: unknown): MillraceError {
  return new MillraceError({
    code: 'NO_SERVICE',
    domain: 'external',
    message: `the service of ${config.stateDir} is not running`,
    hint: 'start it with "millrace start" (or npm start); its data is kept',
    cause,
  });
}

export interface Asked {
  /** Of the text; PostgreSQL, or what its first line says, when absent. */
  readonly dialect?: string | undefined;
  /** The file that it is the whole text of: what that said before is replaced. */
  readonly file?: string | undefined;
}

export async function ask(config: Config, sql: string, { dialect, file }: Asked = {}): Promise<Reply> {
  if (Buffer.byteLength(sql) > MAX_TEXT_BYTES) throw tooLarge(sql);
  const connection = await openDatabase(config);
  try {
    const { rows } = await connection.query<{ id: string }>(
      'INSERT INTO millrace.requests (sql, dialect, file) VALUES ($1, $2, $3) RETURNING id::text',
      [sql, dialect ?? null, file ?? null],
    );
    const id = rows[0]!.id;
    await connection.query('SELECT pg_notify($1, $2)', ['millrace_requests', id]);
    return await waitForAnswer(connection, id);
  } finally {
    await connection.close();
  }
}

async function waitForAnswer(connection: Connection, id: string): Promise<Reply> {
  const begun = performance.now();
  for (;;) {
    const { rows } = await connection.query<{ status: string; answer: StoredAnswer | null }>(
      'SELECT status, answer FROM millrace.requests WHERE id = $1',
      [id],
    );
    const { status, answer } = rows[0]!;
    if (status === 'done') return { kind: 'done', answers: answer?.answers ?? [] };
    if (status === 'failed')
      return {
        kind: 'failed',
        rendered: answer?.rendered ?? 'the request failed',
        placed: answer?.placed ?? null,
      };
    const waited = performance.now() - begun;
    if (status === 'waiting' && waited > TAKEN_WITHIN_MS) {
      const { rowCount } = await connection.query(
        `UPDATE millrace.requests SET status = 'abandoned' WHERE id = $1 AND status = 'waiting'`,
        [id],
      );
      if (rowCount > 0) throw nobodyThere();
    }
    if (waited > ANSWER_WITHIN_MS) throw noAnswer(id);
    await sleep(20);
  }
}

interface StoredAnswer {
  readonly answers?: readonly Answer[];
  readonly rendered?: string;
  readonly placed?: PlacedError;
}

function tooLarge(sql: string): MillraceError {
  return new MillraceError({
    code: 'SQL_TOO_LARGE',
    message: `the text has ${Buffer.byteLength(sql)} bytes, and a submission has at most ${MAX_TEXT_BYTES}`,
    hint: 'submit its statements apart: what is submitted together is one pipeline',
  });
}

function nobodyThere(): MillraceError {
  return new MillraceError({
    code: 'NO_SERVICE',
    domain: 'external',
    message: 'no Millrace service took the request',
    hint: 'is it running? "millrace status" says; nothing was changed',
  });
}

function noAnswer(id: string): MillraceError {
  return new MillraceError({
    code: 'NO_ANSWER',
    domain: 'external',
    message: 'the service took the request but has not answered yet',
    hint: `its answer will be in millrace.requests, id ${id}`,
  });
}
