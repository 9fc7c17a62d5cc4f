// `millrace status`: what is committed, from the database, whether the service runs or not.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { startLocalPostgres } from '../dev/postgres.ts';
import { lockStateDir, runningService } from '../dev/state-dir.ts';
import { MillraceError } from '../errors.ts';
import { tableLines } from '../pipeline/answer.ts';
import { openDatabase } from './ask.ts';
import { paint } from './output.ts';
import { DEAD_LETTERS, FAILING_ROWS } from './troubles.ts';

interface Row {
  readonly pipeline: string;
  readonly status: string;
  /** Of what it loads or is built from; null: it is not bootstrapping. */
  readonly percent: number | null;
  /** Percent of the stored state that was read back; null: it does not recover. */
  readonly recovered: string | null;
  readonly epoch: string;
  readonly lag: string | null;
  readonly watermark: string | null;
  /** Rows and groups of its views whose expressions fail at present. */
  readonly errors: string;
  readonly dead_letters: string;
  readonly cause: string | null;
}

export async function status(config: Config, json: boolean): Promise<number> {
  const running = runningService(config.stateDir);
  const rows = running === undefined ? await readAtRest(config) : await readRows(config);
  if (json) {
    process.stdout.write(`${JSON.stringify({ running: running ?? null, pipelines: rows ?? null })}\n`);
    return 0;
  }
  const line =
    running === undefined
      ? 'the service is not running'
      : `the service runs as process ${running.process.pid} since ${running.startedAt}`;
  process.stdout.write(`${line}\n`);
  for (const [name, address] of Object.entries(running?.addresses ?? {}))
    process.stdout.write(`${name.padEnd(15)} ${address}\n`);
  if (rows === null) process.stdout.write('its database cannot be reached: nothing more is known\n');
  else if (rows.length === 0) process.stdout.write('no pipelines\n');
  else {
    const columns = ['pipeline', 'status', 'epoch', 'lag', 'watermark', 'errors', 'dead letters', 'cause'];
    const cells = rows.map((row) => [
      row.pipeline,
      paintStatus(statusText(row, running !== undefined)),
      row.epoch,
      row.lag ?? '',
      row.watermark ?? '',
      row.errors,
      row.dead_letters,
      (row.cause ?? '').split('\n')[0]!,
    ]);
    process.stdout.write(`\n${tableLines({ columns, rows: cells }).join('\n')}\n`);
  }
  return 0;
}

/** As a traffic light. */
function paintStatus(text: string): string {
  if (/^(running|finished)$/.test(text)) return paint('green', text);
  if (/^failed/.test(text)) return paint('red', text);
  return text.startsWith('was ') ? paint('dim', text) : paint('yellow', text);
}

/** Nothing runs without the service: then this is how it was left. */
function statusText({ status: last, percent, recovered }: Row, running: boolean): string {
  if (!running) return `was ${last}`;
  if (percent !== null) return `${last} ${percent} %`;
  return recovered === null ? last : `recovering ${recovered} %`;
}

/** The built-in Postgres ends with its service: it is started for the question, while nobody else can start it. */
async function readAtRest(config: Config): Promise<readonly Row[] | null> {
  if (config.databaseUrl !== null || !existsSync(join(config.stateDir, 'pgpass'))) return readRows(config);
  const lock = lockStateDir(config.stateDir);
  try {
    const server = await startLocalPostgres({ stateDir: config.stateDir, log: () => {} });
    try {
      return await readRows(config);
    } finally {
      await server.stop();
    }
  } finally {
    lock.release();
  }
}

/** null: the database is not there or not to be reached. */
async function readRows(config: Config): Promise<readonly Row[] | null> {
  try {
    const connection = await openDatabase(config);
    try {
      const { rows } = await connection.query<Row>(
        `SELECT p.name AS pipeline, s.status, s.percent, p.epoch::text AS epoch, p.cause,
                floor(100.0 * p.recovered / nullif(p.recovery_total, 0))::text AS recovered,
                (SELECT sum(l.lag)::text FROM millrace.lag l WHERE l.pipeline = p.name AND l.incarnation = p.incarnation) AS lag,
                ${FAILING_ROWS} AS errors, ${DEAD_LETTERS} AS dead_letters,
                (SELECT min(s.watermark)::text FROM millrace.source_progress s WHERE s.pipeline_id = p.id) AS watermark
           FROM millrace.pipelines p JOIN millrace.status s USING (id) ORDER BY p.id`,
      );
      return rows;
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (error instanceof MillraceError) return null;
    throw error;
  }
}
