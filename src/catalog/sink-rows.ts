// The rows of a sink that relays a change log: those of the view that it follows, or its own.

import type { RowSchema } from '../data/types.ts';
import type { Catalog } from './catalog.ts';
import type { SinkDef } from './definition.ts';

export interface SinkRows {
  /** Of the catalog: a materialized view or the sink itself. The change log is kept under its number. */
  readonly logId: string;
  readonly columns: RowSchema;
  readonly hidden: RowSchema;
  readonly key: readonly number[];
  readonly appendOnly: boolean;
}

export function sinkRows(sink: SinkDef, catalog: Catalog): SinkRows {
  if (sink.follows === null) return { logId: sink.id, ...sink };
  const view = catalog.get(sink.follows);
  if (view?.kind !== 'materialized view') throw new Error(`no view ${sink.follows} in the catalog`);
  return { logId: view.id, ...view };
}
