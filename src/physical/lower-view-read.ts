// Reading a materialized view. One of the same pipeline: the node that feeds the view feeds its readers too, with the view's key, so
// that it is computed once and all that read it commit with it. One of another pipeline: its change log is followed.

import { displayName } from '../catalog/definition.ts';
import type { LogicalColumn, LogicalViewRead } from '../logical/node.ts';
import type { Lowered, Lowering } from './lowered.ts';
import { watermarkColumns } from './lowered.ts';

export function lowerViewRead(context: Lowering, read: LogicalViewRead, keyed: boolean): Lowered {
  const view = context.views.get(read.view.id) ?? followed(context, read);
  // Columns that only serve the key are out of the reader's sight, so that their time attributes are of no use to it.
  const hidden = view.columns.slice(view.visible).map((column): LogicalColumn => ({ ...column, time: null }));
  const inSight = view.key?.every((index) => index < view.visible) === true;
  return { ...view, columns: [...read.columns, ...hidden], key: keyed || inSight ? view.key : null };
}

function followed(context: Lowering, read: LogicalViewRead): Lowered {
  const { view, shared } = read;
  if (shared) throw new Error(`view ${view.name} is read before it is planned`);
  const hidden = view.hidden.map((field): LogicalColumn => ({ ...field, time: null }));
  const columns = [...read.columns, ...hidden];
  const node = context.builder.add({
    kind: 'follow' as const,
    viewId: view.id,
    viewName: displayName(view),
    pipelineId: view.pipelineId,
    schema: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    streamKey: view.key,
    appendOnly: view.appendOnly,
    watermarkColumns: watermarkColumns(columns),
    label: `FROM ${displayName(view)}`,
  });
  const text = `view ${view.id}`;
  const lowered: Lowered = {
    node,
    columns,
    visible: read.columns.length,
    key: view.key,
    origin: { text, columns: columns.map(({ name }) => `${text}.${JSON.stringify(name)}`) },
  };
  context.views.set(view.id, lowered);
  return lowered;
}
