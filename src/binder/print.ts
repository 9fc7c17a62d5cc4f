// EXPLAIN (BOUND): names resolved, types and coercions in the open.

import { typeName } from '../data/types.ts';
import { printMicros, printShape } from '../data/window-shape.ts';
import { displayName } from '../catalog/definition.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { printExpr } from '../expr/print.ts';
import { callText } from './aggregate-call.ts';
import type {
  BoundColumn,
  BoundGroup,
  BoundQuery,
  BoundRelation,
  BoundSelect,
  BoundTopN,
  BoundNumbering,
  BoundOverCall,
  TemporalCondition,
  Nearest,
} from './bound.ts';
import type { BoundStatement } from './statement.ts';

export function printBound(statement: BoundStatement): string {
  switch (statement.kind) {
    case 'create source': {
      const { definition } = statement;
      const row = [...definition.columns, ...definition.includes];
      const { watermark } = definition;
      const time = watermark === null ? 'none' : `${watermark.text} on ${row[watermark.column]!.name}`;
      return [
        `source ${displayName(definition)}`,
        `  columns: ${row.map((f) => `${f.name} ${typeName(f.type)}${f.nullable ? '' : ' not null'}`).join(', ')}`,
        `  watermark: ${time}`,
        `  connector: ${definition.connector.connector}`,
      ].join('\n');
    }
    case 'create view':
      return [`view ${displayName(statement.definition)}`, ...query(statement.query, '  ')].join('\n');
    case 'create materialized view': {
      const { definition } = statement;
      const head = `materialized view ${displayName(definition)}, emits ${definition.emit}`;
      return [head, ...query(statement.query, '  ')].join('\n');
    }
    case 'create sink':
      return [`sink ${displayName(statement.definition)}`, ...query(statement.query, '  ')].join('\n');
    case 'query':
      return ['query', ...query(statement.query, '  ')].join('\n');
    case 'explain':
      return printBound(statement.statement);
    default:
      return statement.kind;
  }
}

function query(bound: BoundQuery, indent: string): readonly string[] {
  if (bound.kind === 'union') {
    const branches = bound.branches.flatMap((branch) => query(branch, `${indent}  `));
    return [`${indent}union all (${columnList(bound.columns)})`, ...branches];
  }
  if (bound.kind === 'set operation') {
    const sides = [bound.left, bound.right].flatMap((side) => query(side, `${indent}  `));
    return [`${indent}${bound.operator}${bound.all ? ' all' : ''} (${columnList(bound.columns)})`, ...sides];
  }
  if (bound.kind === 'top n') {
    const input = query(bound.input, `${indent}  `);
    return [`${indent}${topNText(bound)} (${columnList(bound.columns)})`, ...input];
  }
  return select(bound, indent);
}

function topNText({ partition, order, limit, offset, counts, input }: BoundTopN): string {
  const name = (index: number): string => input.columns[index]!.name;
  const of = partition.length === 0 ? '' : ` of each (${partition.map(name).join(', ')})`;
  const by = order.map((item) => `${name(item.column)}${item.descending ? ' desc' : ''}`);
  const behind = offset === 0 ? '' : ` behind ${offset}`;
  const ties = counts === undefined ? '' : ' with ties';
  return `first ${limit ?? 'all'}${ties}${behind}${of} by ${by.join(', ') || 'the whole row'}`;
}

function overText({ fn, args, count }: BoundOverCall): string {
  const all = [...args.map((arg) => printExpr(arg)), ...(count === 0 ? [] : [String(count)])];
  return `${fn}(${all.join(', ')})`;
}

function numberingText({ partition, order }: BoundNumbering): string {
  const by = order.map(({ expr, descending }) => `${printExpr(expr)}${descending ? ' desc' : ''}`);
  const of = partition.map((expr) => printExpr(expr)).join(', ');
  return `of each (${of}) by ${by.join(', ') || 'the whole row'}`;
}

function select(bound: BoundSelect, indent: string): readonly string[] {
  const { group, where, whereNow, having, havingNow, numberings, overs } = bound;
  const outputs = bound.outputs.map((expr, i) => `${printExpr(expr)} as ${column(bound.columns[i]!)}`);
  const calls = group?.calls.map((call) => `${callText(call, printExpr)} ${typeName(call.type)}`);
  return [
    `${indent}select${bound.distinct === true ? ' distinct' : ''}`,
    ...outputs.map((output) => `${indent}  ${output}`),
    ...overs.flatMap((over) =>
      over.calls.map((call) => `${indent}compute ${overText(call)} ${numberingText(over)}`),
    ),
    ...numberings.map((numbering) => `${indent}number rows ${numberingText(numbering)}`),
    ...(having === null ? [] : [`${indent}having ${printExpr(having)}`]),
    ...havingNow.map((condition) => `${indent}having rows ${printTemporal(condition)}`),
    ...(group === null
      ? []
      : [
          `${indent}group by ${keysText(group)}`,
          ...(calls!.length === 0 ? [] : [`${indent}compute ${calls!.join(', ')}`]),
        ]),
    ...(where === null ? [] : [`${indent}where ${printExpr(where)}`]),
    ...whereNow.map((condition) => `${indent}where rows ${printTemporal(condition)}`),
    `${indent}from`,
    ...relation(bound.from, `${indent}  `),
  ];
}

function keysText({ keys, groupings }: BoundGroup): string {
  const list = (some: readonly BoundExpr[]): string => some.map((key) => printExpr(key)).join(', ');
  if (groupings === undefined) return list(keys) || 'nothing';
  const sets = groupings.sets.map((set) => `(${list(set.map((key) => keys[key]!))})`);
  return `grouping sets ${sets.join(', ')}`;
}

function relation(bound: BoundRelation, indent: string): readonly string[] {
  switch (bound.kind) {
    case 'source':
      return [
        `${indent}source ${displayName(bound.source)} as ${bound.alias} (${columnList(bound.columns)})`,
      ];
    case 'one':
      return [`${indent}one row`];
    case 'derived':
      return [`${indent}derived as ${bound.alias || '(no name)'}`, ...query(bound.query, `${indent}  `)];
    case 'versions':
      return [
        `${indent}versions of ${displayName(bound.table)} as ${bound.alias} (${columnList(bound.columns)})`,
      ];
    case 'view read':
      return [
        `${indent}materialized view ${displayName(bound.view)} as ${bound.alias} (${columnList(bound.columns)})`,
      ];
    case 'join': {
      const on = bound.condition === null ? '' : ` on ${printExpr(bound.condition)}`;
      const kind = bound.nearest === null ? 'join' : `as-of join nearest ${nearestText(bound.nearest)}`;
      return [
        `${indent}${bound.type} ${bound.lateral ? 'lateral ' : ''}${kind}${on}`,
        ...relation(bound.left, `${indent}  `),
        ...relation(bound.right, `${indent}  `),
      ];
    }
    case 'repeated': {
      const { count, values, condition } = bound;
      const on = condition === null ? '' : ` on ${printExpr(condition)}`;
      const added = values.map((value) => printExpr(value)).join(', ');
      return [
        `${indent}repeated ${printExpr(count)} times as ${bound.alias || '(no name)'} (${added})${on}`,
        ...relation(bound.input, `${indent}  `),
      ];
    }
    case 'windows': {
      const time = bound.input.columns[bound.timeColumn]!.name;
      return [
        `${indent}${printShape(bound.shape, time)} as ${bound.alias}`,
        ...relation(bound.input, `${indent}  `),
      ];
    }
  }
}

function printTemporal({ kind, expr, shift }: TemporalCondition): string {
  return `${kind === 'enters' ? 'enter' : 'leave'} ${printMicros(shift)} after ${printExpr(expr)}`;
}

function columnList(columns: readonly BoundColumn[]): string {
  return columns.map(column).join(', ');
}

function column({ name, type, nullable, time }: BoundColumn): string {
  const attribute = time === null ? '' : time.kind === 'event' ? ' (event time)' : ` (${time.kind})`;
  return `${name} ${typeName(type)}${nullable ? '' : ' not null'}${attribute}`;
}

function nearestText({ left, right, before, inclusive }: Nearest): string {
  return `${printExpr(left)} ${before ? '>' : '<'}${inclusive ? '=' : ''} ${printExpr(right)}`;
}
