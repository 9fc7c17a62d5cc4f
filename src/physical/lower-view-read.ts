// Reading a materialized view of the same pipeline: the node that feeds the view feeds its readers too, with the view's key. So the
// view is computed once, and all that read it commit with it.

import type { LogicalColumn, LogicalViewRead } from '../logical/node.ts';
import type { Lowered, Lowering } from './lowered.ts';

export function lowerViewRead(context: Lowering, read: LogicalViewRead, keyed: boolean): Lowered {
  const view = context.views.get(read.view.id);
  if (view === undefined) throw new Error(`view ${read.view.name} is read before it is planned`);
  // Columns that only serve the key are out of the reader's sight, so that their time attributes are of no use to it.
  const hidden = view.columns.slice(view.visible).map((column): LogicalColumn => ({ ...column, time: null }));
  const inSight = view.key?.every((index) => index < view.visible) === true;
  return { ...view, columns: [...read.columns, ...hidden], key: keyed || inSight ? view.key : null };
}
