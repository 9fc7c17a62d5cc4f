// What a sink is fed with: a query, or a relation by name. A materialized view of the same submission is read as it is computed,
// so that both agree.

import type { TextSpan } from '../errors.ts';
import type { TableReference } from '../sql/ast.ts';
import type { CreateSink } from '../sql/statement.ts';
import type { BoundQuery, BoundRelation } from './bound.ts';
import type { QueryContext } from './context.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { bindFrom } from './from.ts';
import { bindQuery } from './query.ts';

export interface SinkInput {
  readonly query: BoundQuery;
  readonly onClose: boolean;
  readonly closeSpan: TextSpan;
}

export function bindSinkInput(statement: CreateSink, context: QueryContext): SinkInput {
  const { input } = statement;
  if (input.kind === 'query') {
    const query = bindQuery(input.query, context);
    return {
      query,
      onClose: input.emit.mode === 'on window close',
      closeSpan: input.emit.span ?? statement.span,
    };
  }
  const { name } = input;
  const item: TableReference = {
    kind: 'TableReference',
    name,
    alias: undefined,
    asOf: undefined,
    span: name.span,
  };
  const relation = bindFrom(item, context, bindQuery);
  return { query: selectAll(relation, name.span), onClose: false, closeSpan: name.span };
}

function selectAll(from: BoundRelation, span: TextSpan): BoundQuery {
  const outputs = from.columns.map(({ name, type, nullable }, index): BoundExpr => {
    return { kind: 'column', index, name, type, nullable, span };
  });
  return {
    kind: 'select',
    columns: from.columns,
    from,
    where: null,
    group: null,
    having: null,
    outputs,
    span,
  };
}
