// Commits epochs of one view as the engine does: fence, statements of the view, change log, notification, one transaction.

import type { Value } from '../../src/data/value.ts';
import { EPOCH_CHANNEL } from '../../src/postgres/channels.ts';
import type { Connection } from '../../src/postgres/connection.ts';
import { transaction } from '../../src/postgres/transaction.ts';
import type { ChangeFeed } from '../../src/views/change-feed.ts';
import type { ViewLayout } from '../../src/views/view-layout.ts';
import { newViewWriter } from '../../src/views/view-writer.ts';
import { batchOf } from './random-rows.ts';

export class Committer {
  readonly #connection: Connection;
  readonly #layout: ViewLayout;
  readonly #feeds: readonly ChangeFeed[];
  readonly #writer: ReturnType<typeof newViewWriter>;
  epoch = 0;

  constructor(connection: Connection, layout: ViewLayout, feeds: readonly ChangeFeed[]) {
    this.#connection = connection;
    this.#layout = layout;
    this.#feeds = feeds;
    this.#writer = newViewWriter(layout);
    for (const feed of feeds) feed.own(layout.pipelineId);
  }

  async commit(rows: readonly (readonly Value[])[], diffs: readonly number[]): Promise<number> {
    const { pipelineId, viewId, schema } = this.#layout;
    this.#writer.push(batchOf(schema, rows, diffs));
    const encoded = this.#writer.encode();
    this.#writer.clear();
    const epoch = ++this.epoch;
    const parts = encoded?.changeLogParts ?? [];
    await transaction(this.#connection, async (connection) => {
      await connection.query('UPDATE millrace.pipelines SET epoch = $2 WHERE id = $1', [pipelineId, epoch]);
      for (const step of encoded?.steps ?? []) {
        if (step.kind === 'copy') await connection.copyIn(step.text, step.payload);
        else await connection.prepared(step.name, step.text, step.values);
      }
      for (const { part, rows: count, bytes } of parts)
        await connection.query(
          `INSERT INTO millrace.changelog (slot, pipeline_id, view_id, epoch, part, rows, bytes)
           SELECT max(slot), $1, $2, $3, $4, $5, $6 FROM millrace.changelog_slots`,
          [pipelineId, viewId, epoch, part, count, bytes],
        );
      if (parts.length > 0)
        await connection.query('SELECT pg_notify($1, $2)', [EPOCH_CHANNEL, `${pipelineId}:${epoch}`]);
    });
    for (const feed of this.#feeds) feed.publish({ pipelineId, after: epoch - 1, epoch, parts });
    return epoch;
  }
}
