// EXPLAIN (AST): a statement as an indented outline. Clauses and relations are lines, expressions are fully bracketed SQL
// on one line, which shows their structure in the fewest words.

import type { FromItem, Query, QueryBody, Select, TimeWindow } from './ast.ts';
import { deparseExpression, deparsePart } from './deparse.ts';
import { nameList, objectName, quoteName, quoteString, typeText } from './deparse/names.ts';
import type {
  CreateFunction,
  CreateSource,
  CreateTable,
  EmitClause,
  FormatClause,
  Option,
  Statement,
} from './statement.ts';

/** Lines without indentation; a nested array is one level deeper. */
type Outline = readonly (string | Outline)[];

export function printSyntax(statement: Statement): string {
  return render(statementOutline(statement), 0).join('\n');
}

export function printQuery(query: Query): string {
  return render(queryOutline(query), 0).join('\n');
}

function render(outline: Outline, depth: number): string[] {
  return outline.flatMap((item) =>
    typeof item === 'string' ? [`${'  '.repeat(depth)}${item}`] : render(item, depth + 1),
  );
}

function statementOutline(s: Statement): Outline {
  switch (s.kind) {
    case 'CreateSource':
    case 'CreateTable':
      return inputOutline(s);
    case 'CreateView':
      return [`CreateView ${objectName(s.name)}${nameList(s.columns)}${flags(s)}`, queryOutline(s.query)];
    case 'CreateMaterializedView':
      return [
        `CreateMaterializedView ${objectName(s.name)}${nameList(s.columns)}${flags(s)}`,
        [...emitLine(s.emit), ...optionLines('with', s.options), ...queryOutline(s.query)],
      ];
    case 'CreateSink': {
      const input =
        s.input.kind === 'relation' ? [`from ${objectName(s.input.name)}`] : queryOutline(s.input.query);
      const emit = s.input.kind === 'query' ? emitLine(s.input.emit) : [];
      const head = `CreateSink ${objectName(s.name)}${flags(s)}`;
      return [head, [...emit, ...optionLines('with', s.options), ...formatLines(s.format), ...input]];
    }
    case 'CreateFunction':
      return functionOutline(s);
    case 'Drop': {
      const exists = s.ifExists ? ' if exists' : '';
      return [`Drop ${s.object} ${s.names.map(objectName).join(', ')}${exists} ${s.behavior}`];
    }
    case 'Alter': {
      const options = s.action.kind === 'set' ? optionLines('set', s.action.options) : [];
      return [`Alter ${s.object} ${objectName(s.name)} ${s.action.kind}`, options];
    }
    case 'Show':
      return [`Show ${s.what}`];
    case 'ShowCreate':
      return [`ShowCreate ${s.object} ${objectName(s.name)}`];
    case 'Analyze':
      return [`Explain analyze ${objectName(s.name)}`];
    case 'Describe':
      return [`Describe ${objectName(s.name)}`];
    case 'Explain': {
      const stage = s.stage === undefined ? '' : ` ${s.stage}`;
      return [`Explain${s.analyze ? ' analyze' : ''}${stage}`, statementOutline(s.statement)];
    }
    case 'QueryStatement':
      return [...emitLine(s.emit), ...queryOutline(s.query)];
  }
}

function functionOutline(s: CreateFunction): Outline {
  const { body } = s;
  const parameters = s.parameters.map(({ name, type, fallback }) => {
    const given = fallback === undefined ? '' : ` default ${deparseExpression(fallback)}`;
    return `parameter ${quoteName(name.name)} ${typeText(type)}${given}`;
  });
  const text =
    body.kind === 'expression'
      ? `return ${deparseExpression(body.expression)}`
      : `as ${quoteString(body.text)}`;
  const strict = s.strict ? ' strict' : '';
  return [
    `CreateFunction ${objectName(s.name)}${flags(s)}`,
    [...parameters, `returns ${typeText(s.returns)}`, `language ${s.language}${strict}`, text],
  ];
}

function flags(s: { readonly orReplace?: boolean; readonly ifNotExists: boolean }): string {
  return (s.orReplace === true ? ' or replace' : '') + (s.ifNotExists ? ' if not exists' : '');
}

function emitLine(emit: EmitClause): string[] {
  return emit.span === undefined ? [] : [`emit ${emit.mode}`];
}

function optionLines(word: string, options: readonly Option[]): string[] {
  return options.map((option) => {
    const value = option.form === 'string' ? quoteString(option.value) : option.value;
    return `${word} ${option.key} = ${value}`;
  });
}

function formatLines(format: FormatClause | undefined): string[] {
  if (format === undefined) return [];
  return [`format ${format.format} encode ${format.encode}`, ...optionLines('format option', format.options)];
}

function inputOutline(s: CreateSource | CreateTable): Outline {
  const columns = s.columns.map((column) => {
    const generated = column.generated === undefined ? '' : ` as ${deparseExpression(column.generated)}`;
    return `column ${quoteName(column.name.name)} ${typeText(column.type)}${column.notNull ? ' not null' : ''}${generated}`;
  });
  const watermark =
    s.watermark === undefined
      ? []
      : [`watermark ${quoteName(s.watermark.column.name)} as ${deparseExpression(s.watermark.expression)}`];
  return [
    `${s.kind} ${objectName(s.name)}${flags(s)}`,
    [
      ...columns,
      ...(s.primaryKey.length === 0 ? [] : [`primary key ${nameList(s.primaryKey)}`]),
      ...watermark,
      ...s.includes.map((include) => `include ${include.field} as ${quoteName(include.name.name)}`),
      ...optionLines('with', s.options),
      ...formatLines(s.format),
    ],
  ];
}

function queryOutline(q: Query): Outline {
  const tables = (q.with?.tables ?? []).flatMap((table): Outline => {
    const head = `${table.materialized === 'default' ? '' : `${table.materialized} materialized `}`;
    return [`${head}${quoteName(table.name.name)}${nameList(table.columns)}`, queryOutline(table.query)];
  });
  const order = q.orderBy.map((item) => {
    const nulls = item.nulls === undefined ? '' : ` nulls ${item.nulls}`;
    return `order by ${deparseExpression(item.expression)} ${item.direction}${nulls}`;
  });
  return [
    'Query',
    [
      ...(q.with === undefined ? [] : [`with${q.with.recursive ? ' recursive' : ''}`, tables]),
      ...bodyOutline(q.body),
      ...order,
      ...(q.limit === undefined
        ? []
        : [`limit ${deparseExpression(q.limit)}${q.withTies ? ' with ties' : ''}`]),
      ...(q.offset === undefined ? [] : [`offset ${deparseExpression(q.offset)}`]),
    ],
  ];
}

function bodyOutline(body: QueryBody): Outline {
  switch (body.kind) {
    case 'Select':
      return selectOutline(body);
    case 'Values':
      return ['Values', body.rows.map((row) => `(${row.map(deparseExpression).join(', ')})`)];
    case 'SetOperation':
      return [
        `SetOperation ${body.operator}${body.all ? ' all' : ''}`,
        [...queryOutline(body.left), ...queryOutline(body.right)],
      ];
  }
}

function selectOutline(s: Select): Outline {
  const distinct = s.distinct;
  return [
    'Select',
    [
      ...(distinct.kind === 'distinct' ? ['distinct'] : []),
      ...(distinct.kind === 'on'
        ? [`distinct on (${distinct.expressions.map(deparseExpression).join(', ')})`]
        : []),
      ...s.targets.map((target) => `target ${deparsePart(target)}`),
      ...(s.from.length === 0 ? [] : ['from', s.from.flatMap(fromOutline)]),
      ...(s.where === undefined ? [] : [`where ${deparseExpression(s.where)}`]),
      ...s.groupBy.map((item) => `group by ${s.groupDistinct ? 'distinct ' : ''}${deparsePart(item)}`),
      ...(s.having === undefined ? [] : [`having ${deparseExpression(s.having)}`]),
      ...s.windows.map((w) => `window ${quoteName(w.name.name)} ${deparsePart(w.specification)}`),
    ],
  ];
}

function fromOutline(item: FromItem): Outline {
  const alias =
    item.alias === undefined ? '' : ` as ${quoteName(item.alias.name.name)}${nameList(item.alias.columns)}`;
  switch (item.kind) {
    case 'TableReference': {
      const asOf = item.asOf === undefined ? '' : ` for system_time as of ${deparseExpression(item.asOf)}`;
      return [`TableReference ${objectName(item.name)}${alias}${asOf}`];
    }
    case 'Join': {
      const { condition } = item;
      const text =
        condition === undefined
          ? ''
          : condition.kind === 'on'
            ? ` on ${deparseExpression(condition.expression)}`
            : condition.kind === 'using'
              ? ` using ${nameList(condition.columns)}`
              : ' natural';
      const head = `Join ${item.asOf ? 'asof ' : ''}${item.type}${text}${alias}`;
      return [head, [...fromOutline(item.left), ...fromOutline(item.right)]];
    }
    case 'SubqueryTable':
      return [`SubqueryTable${item.lateral ? ' lateral' : ''}${alias}`, queryOutline(item.query)];
    case 'FunctionTable': {
      const words = `${item.lateral ? ' lateral' : ''}${item.ordinality ? ' with ordinality' : ''}`;
      return [`FunctionTable ${item.calls.map(deparseExpression).join(', ')}${words}${alias}`];
    }
    case 'WindowTable': {
      const head = `WindowTable ${windowWords(item.window)} on ${deparseExpression(item.timeColumn)}${alias}`;
      return [head, fromOutline(item.input)];
    }
  }
}

function windowWords(window: TimeWindow): string {
  if (window.kind === 'session') {
    const keys = window.partitionBy.map(deparseExpression).join(', ');
    return `session gap ${deparseExpression(window.gap)}${keys === '' ? '' : ` partition by ${keys}`}`;
  }
  const size = `size ${deparseExpression(window.size)}`;
  const offset = window.offset === undefined ? '' : ` offset ${deparseExpression(window.offset)}`;
  if (window.kind === 'tumble') return `tumble ${size}${offset}`;
  const step =
    window.kind === 'hop'
      ? `slide ${deparseExpression(window.slide)}`
      : `step ${deparseExpression(window.step)}`;
  return `${window.kind} ${step} ${size}${offset}`;
}
