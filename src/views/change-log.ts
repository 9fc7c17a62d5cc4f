// Reading the change log: the batches of a view after a version. What is at or below the fence's epoch never changes, so it
// can be read page by page; only retention can take it away, which is noticed and never skipped over.

import { MillraceError } from '../errors.ts';
import type { Connection } from '../postgres/connection.ts';
import type { Pool } from '../postgres/pool.ts';
import { cursorExpired } from './cursor.ts';

/** The parts of one view in one epoch, joined in order. */
export interface LoggedChange {
  readonly epoch: number;
  readonly parts: readonly Buffer[];
}

export interface LogPage {
  readonly changes: readonly LoggedChange[];
  /** Everything up to here is in this or an earlier page. */
  readonly through: number;
  /** Nothing more is committed at present, or nothing more was asked for. */
  readonly last: boolean;
  /** The last committed epoch. */
  readonly committed: number;
  /** Of the view, as of that epoch; null: none yet, or its columns have no event times. */
  readonly watermark: bigint | null;
  /** Nothing will ever come after that epoch. */
  readonly finished: boolean;
}

const PAGE_PARTS = 32;
const PAGE_BYTES = 8 * 1024 * 1024;

/** The last committed epoch of a pipeline; null when there is no such pipeline. */
export async function committedEpoch(connection: Connection, pipelineId: number): Promise<number | null> {
  const { rows } = await connection.query<{ epoch: bigint }>(
    'SELECT epoch FROM millrace.pipelines WHERE id = $1',
    [pipelineId],
  );
  return rows.length === 0 ? null : Number(rows[0]!.epoch);
}

interface Position {
  readonly pipelineId: number;
  readonly viewId: number;
  /** Seen already. */
  readonly after: number;
  /** Reads no further than this epoch. */
  readonly upTo?: number;
}

interface Standing {
  readonly committed: number;
  readonly watermark: bigint | null;
  readonly finished: boolean;
}

async function standingOf(connection: Connection, pipelineId: number, viewId: number): Promise<Standing> {
  const { rows } = await connection.query<{ epoch: bigint; finished: boolean; watermark: bigint | null }>(
    `SELECT p.epoch, p.status = 'finished' AS finished, w.watermark
       FROM millrace.pipelines p LEFT JOIN millrace.view_watermarks w ON w.view_id = $2 WHERE p.id = $1`,
    [pipelineId, viewId],
  );
  const row = rows[0];
  if (row === undefined) throw cursorExpired('its pipeline is gone');
  return { committed: Number(row.epoch), watermark: row.watermark, finished: row.finished };
}

/** The changes after `after`, some of them. Throws CURSOR_EXPIRED when they are not all there any more. */
export function readLog(pool: Pool, position: Position): Promise<LogPage> {
  return pool.transaction((connection) => readPage(connection, position), {
    isolation: 'repeatable read',
    readOnly: true,
  });
}

async function readPage(connection: Connection, position: Position): Promise<LogPage> {
  const { pipelineId, viewId, after } = position;
  const standing = await standingOf(connection, pipelineId, viewId);
  const { committed } = standing;
  const upTo = Math.min(committed, position.upTo ?? committed);
  if (after > committed) throw cursorExpired('it is newer than the database, which was perhaps restored');
  await checkRetention(connection, viewId, after);
  // The bytes of a part that is beyond the page are not read.
  const { rows } = await connection.query<{ epoch: bigint; part: number; bytes: Buffer | null }>(
    `SELECT epoch, part, CASE WHEN through - octet_length(bytes) < ${PAGE_BYTES} THEN bytes END AS bytes
       FROM (SELECT epoch, part, bytes, sum(octet_length(bytes)) OVER (ORDER BY epoch, part) AS through
               FROM millrace.changelog WHERE view_id = $1 AND epoch > $2 AND epoch <= $3
              ORDER BY epoch, part LIMIT ${PAGE_PARTS + 1}) page ORDER BY epoch, part`,
    [viewId, after, upTo],
  );
  const changes: { epoch: number; parts: Buffer[] }[] = [];
  let whole = rows.length <= PAGE_PARTS;
  for (const { epoch, part, bytes } of rows) {
    if (bytes === null) {
      whole = false;
      break;
    }
    const last = changes.at(-1);
    if (last?.epoch === Number(epoch)) last.parts.push(bytes);
    else changes.push({ epoch: Number(epoch), parts: [bytes] });
    if (part !== changes.at(-1)!.parts.length - 1) throw missingPart(viewId, Number(epoch));
  }
  if (whole) return { changes, through: upTo, last: true, ...standing };
  // The last epoch of a full page may have more parts: it comes whole, next time or alone.
  if (changes.length > 1) {
    changes.pop();
    return { changes, through: changes.at(-1)!.epoch, last: false, ...standing };
  }
  return { ...(await readWhole(connection, viewId, changes[0]!.epoch)), last: false, ...standing };
}

async function readWhole(
  connection: Connection,
  viewId: number,
  epoch: number,
): Promise<{ changes: LoggedChange[]; through: number }> {
  const { rows } = await connection.query<{ bytes: Buffer }>(
    'SELECT bytes FROM millrace.changelog WHERE view_id = $1 AND epoch = $2 ORDER BY part',
    [viewId, epoch],
  );
  return { changes: [{ epoch, parts: rows.map((row) => row.bytes) }], through: epoch };
}

async function checkRetention(connection: Connection, viewId: number, after: number): Promise<void> {
  const { rows } = await connection.query<{ epoch: bigint }>(
    'SELECT epoch FROM millrace.changelog_trimmed WHERE view_id = $1',
    [viewId],
  );
  if (rows.length > 0 && after < Number(rows[0]!.epoch))
    throw cursorExpired('they are past their retention time');
}

function missingPart(viewId: number, epoch: number): MillraceError {
  return new MillraceError({
    code: 'BAD_FORMAT',
    domain: 'internal',
    message: `a part of the change log of view ${viewId}, epoch ${epoch}, is missing`,
  });
}
