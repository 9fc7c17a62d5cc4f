// `millrace tail VIEW`: its rows as they are, then each change when it is committed. Reads the change log in the database, so that
// it shows what is durable, and works beside any service.

import type { Config } from '../config.ts';
import type { KeptDef } from '../catalog/definition.ts';
import { isKept } from '../catalog/definition.ts';
import { valueToText } from '../data/text-forms.ts';
import type { RowSchema } from '../data/types.ts';
import { MillraceError } from '../errors.ts';
import { loadCatalog } from '../pipeline/catalog-store.ts';
import { layoutOfView } from '../pipeline/view-layouts.ts';
import { Pool } from '../postgres/pool.ts';
import { ChangeFeed } from '../views/change-feed.ts';
import { tailChanges } from '../views/change-tail.ts';
import type { RowChange, ViewRow } from '../views/row-change.ts';
import { followView } from '../views/view-follower.ts';
import { databaseUrlOf, openDatabase } from './ask.ts';

const MAX_ROWS = 100_000;
const MAX_BYTES = 256 * 1024 * 1024;

/** Runs until interrupted. */
export async function tail(config: Config, view: string, json: boolean): Promise<number> {
  await (await openDatabase(config)).close(); // says it when there is nobody
  const pool = new Pool(databaseUrlOf(config), { applicationName: 'millrace tail', max: 3 });
  const stop = new AbortController();
  const ended = (): void => stop.abort();
  process.once('SIGINT', ended);
  process.once('SIGTERM', ended);
  const feed = new ChangeFeed();
  const changes = tailChanges(pool, feed);
  try {
    const layout = layoutOfView(await findView(pool, view));
    const visible = layout.schema.slice(0, layout.visible);
    const events = followView({
      pool,
      feed,
      layout,
      after: null,
      where: null,
      interest: null,
      maxSnapshot: { rows: MAX_ROWS, bytes: MAX_BYTES },
      maxPending: { rows: MAX_ROWS, bytes: MAX_BYTES },
      signal: stop.signal,
    });
    for await (const event of events) {
      if (event.kind === 'snapshot')
        for (const row of event.rows) print(' ', event.epoch, visible, row, json);
      else for (const change of event.changes) printChange(change, event.epoch, visible, json);
    }
    return 0;
  } finally {
    await changes.close();
    await pool.close();
  }
}

async function findView(pool: Pool, name: string): Promise<KeptDef> {
  const catalog = await loadCatalog(pool);
  const [first, second] = name.split('.');
  const found =
    second === undefined ? catalog.find({ name: first! }) : catalog.find({ schema: first, name: second });
  if (found !== undefined && isKept(found)) return found;
  if (found !== undefined)
    throw new MillraceError({
      code: 'WRONG_OBJECT_TYPE',
      message: `"${name}" is a ${found.kind}, and only materialized views and tables keep rows to follow`,
      hint: `make one of it: CREATE MATERIALIZED VIEW ${name}_rows AS SELECT * FROM ${name}`,
    });
  const near = catalog.near(name);
  throw new MillraceError({
    code: 'UNKNOWN_RELATION',
    message: `there is no materialized view or table "${name}"`,
    hint:
      near.length > 0
        ? `did you mean ${near.join(' or ')}?`
        : '"millrace sql -c \'SHOW MATERIALIZED VIEWS\'" lists them',
  });
}

/** `-` a row that left, `+` a row that came; an update is both. */
function printChange(change: RowChange, epoch: number, visible: RowSchema, json: boolean): void {
  if (change.before !== null) print('-', epoch, visible, change.before, json);
  if (change.after !== null) print('+', epoch, visible, change.after, json);
}

function print(sign: string, epoch: number, visible: RowSchema, row: ViewRow, json: boolean): void {
  const cells = visible.map(({ type }, i) => (row[i] === null ? null : valueToText(row[i]!, type)));
  const line = json
    ? JSON.stringify({
        version: epoch,
        change: sign.trim() || 'snapshot',
        row: Object.fromEntries(visible.map(({ name }, i) => [name, cells[i]])),
      })
    : `${sign} ${cells.map((cell) => cell ?? 'NULL').join(' | ')}`;
  process.stdout.write(`${line}\n`);
}
