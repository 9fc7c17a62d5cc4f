// What a sink is fed with: a query, or a relation by name. A materialized view of the same submission is read as it is computed,
// so that both agree.

import type { MaterializedViewDef } from '../catalog/definition.ts';
import type { TextSpan } from '../errors.ts';
import type { TableReference } from '../sql/ast.ts';
import type { CreateSink } from '../sql/statement.ts';
import type { BoundQuery, BoundRelation } from './bound.ts';
import type { QueryContext } from './context.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { rootContext } from './context.ts';
import { bindFrom, bindViewText } from './from.ts';
import { bindQuery } from './query.ts';
import { plainSelect } from './plain-select.ts';

export interface SinkInput {
  readonly query: BoundQuery;
  /** The view whose change log is relayed as it is; null: the sink computes its rows itself. */
  readonly follows: MaterializedViewDef | null;
  readonly onClose: boolean;
  readonly closeSpan: TextSpan;
}

/** `relays`: the connector reads change logs, so a materialized view is followed where it is kept, whichever pipeline computes it. */
export function bindSinkInput(statement: CreateSink, context: QueryContext, relays: boolean): SinkInput {
  const { input } = statement;
  if (input.kind === 'query') {
    const query = bindQuery(input.query, context);
    return {
      query,
      follows: null,
      onClose: input.emit.mode === 'on window close',
      closeSpan: input.emit.span ?? statement.span,
    };
  }
  const { name } = input;
  const found = context.catalog.find({ schema: name.schema?.name, name: name.name.name });
  if (relays && found?.kind === 'materialized view') return followView(found, name.span, context);
  const item: TableReference = {
    kind: 'TableReference',
    name,
    alias: undefined,
    asOf: undefined,
    span: name.span,
  };
  const relation = bindFrom(item, context, bindQuery);
  const query = selectAll(relation, name.span);
  return { query, follows: null, onClose: false, closeSpan: name.span };
}

/** Its query is that of the view, which computes it. */
function followView(view: MaterializedViewDef, span: TextSpan, context: QueryContext): SinkInput {
  context.reads.add(view.id);
  const own = rootContext(context.catalog, view.pipelineId);
  const query = bindViewText(view, own, span, bindQuery);
  const columns = query.columns.map((column, i) => ({ ...column, name: view.columns[i]!.name }));
  const relation: BoundRelation = { kind: 'derived', query, alias: view.name, columns };
  const onClose = view.emit === 'on window close';
  return { query: selectAll(relation, span), follows: view, onClose, closeSpan: span };
}

function selectAll(from: BoundRelation, span: TextSpan): BoundQuery {
  const outputs = from.columns.map(({ name, type, nullable }, index): BoundExpr => {
    return { kind: 'column', index, name, type, nullable, span };
  });
  return plainSelect(from, from.columns, outputs, span);
}
