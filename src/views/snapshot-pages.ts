// All rows of a view page by page, with the version that they are of: one snapshot of the database, read through a cursor so that a
// large view does not have to fit in memory.

import type { Pool } from '../postgres/pool.ts';
import { committedEpoch } from './change-log.ts';
import { cursorExpired } from './cursor.ts';
import type { ViewRow } from './row-change.ts';
import { readRows } from './snapshot.ts';
import type { ViewLayout } from './view-layout.ts';
import { columnNames, tableName } from './view-layout.ts';

const PAGE_ROWS = 2_000;

/** The pages can be read while `read` runs, which holds one connection of the pool. */
export function withSnapshotPages<T>(
  pool: Pool,
  layout: ViewLayout,
  read: (epoch: number, pages: AsyncGenerator<readonly ViewRow[], void, undefined>) => Promise<T>,
): Promise<T> {
  return pool.transaction(
    async (connection) => {
      const epoch = await committedEpoch(connection, layout.pipelineId);
      if (epoch === null) throw cursorExpired('its pipeline is gone');
      await connection.query(
        `DECLARE millrace_snapshot NO SCROLL CURSOR FOR SELECT ${columnNames(layout.schema)} FROM ${tableName(layout)}`,
      );
      async function* pages(): AsyncGenerator<readonly ViewRow[], void, undefined> {
        for (;;) {
          const rows = await readRows(
            connection,
            layout.schema,
            `FETCH FORWARD ${PAGE_ROWS} FROM millrace_snapshot`,
            [],
            { left: Infinity },
          );
          if (rows.length === 0) return;
          yield rows;
        }
      }
      return read(epoch, pages());
    },
    { isolation: 'repeatable read', readOnly: true },
  );
}
