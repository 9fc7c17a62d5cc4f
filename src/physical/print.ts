// EXPLAIN (PHYSICAL): the nodes in topological order, with what each keeps in state and for how long.

import { typeName } from '../data/types.ts';
import type { RowSchema } from '../data/types.ts';
import { printMicros, printShape } from '../data/window-shape.ts';
import type { Horizon } from '../expr/join-times.ts';
import { fractionsText } from '../data/fractions.ts';
import { printExpr } from '../expr/print.ts';
import type {
  AggregateCall,
  AggregateMultiset,
  AggregateNode,
  AsOfNode,
  Distribution,
  ExpandNode,
  FrameEdge,
  FollowNode,
  JoinNode,
  MapNode,
  NormalizeNode,
  PhysicalGraph,
  PhysicalNode,
  OverNode,
  ScanNode,
  SessionNode,
  TemporalNode,
  TopNNode,
} from './graph.ts';
import { consistencyNote } from './consistency.ts';
import { inputIds } from './fuse.ts';

export function printGraph(graph: PhysicalGraph): string {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const block = (node: PhysicalNode): string => {
    const inputs = inputIds(node).map((id) => `#${id}`);
    const from = inputs.length === 0 ? '' : ` <- ${inputs.join(', ')}`;
    const below = inputIds(node).map((id) => byId.get(id)!);
    const lines = describe(node, below).map((line) => `     ${line}`);
    return [`#${node.id} ${titleOf(node)}${from}`, ...lines].join('\n');
  };
  const fragments = graph.fragments.map(({ nodes }, i) => {
    const first = byId.get(nodes[0]!)!;
    const rows = distributionText(graph.distributions[first.id - 1]!, first.schema);
    return [`fragment ${i + 1}, rows ${rows}`, ...nodes.map((id) => block(byId.get(id)!))].join('\n');
  });
  const note = consistencyNote(graph);
  return [...fragments, ...(note === null ? [] : [note])].join('\n');
}

function distributionText(distribution: Distribution, schema: RowSchema): string {
  switch (distribution.kind) {
    case 'hash':
      return `by hash of ${names(schema, distribution.told?.map((columns) => columns[0]!) ?? [])}`;
    case 'source':
      return 'by source partition';
    case 'mixed':
      return 'where their branches have them';
    case 'single':
      return 'on the first task';
  }
}

/** Kind and name. */
export function titleOf(node: PhysicalNode): string {
  switch (node.kind) {
    case 'scan':
      return `scan ${node.sourceName}`;
    case 'follow':
      return `follow ${node.viewName} of pipeline ${node.pipelineId}`;
    case 'materialize':
      return `materialize ${node.viewName}`;
    case 'sink':
      return `sink ${node.sinkName}`;
    default:
      return node.kind;
  }
}

function describe(node: PhysicalNode, below: readonly PhysicalNode[]): readonly string[] {
  const inputs = below.map(({ schema }) => schema);
  switch (node.kind) {
    case 'scan':
      return describeScan(node);
    case 'follow':
      return describeFollow(node);
    case 'map':
      return describeMap(node);
    case 'session':
      return describeSession(node, inputs[0]!);
    case 'normalize':
      return describeNormalize(node);
    case 'temporal':
      return describeTemporal(node, inputs[0]!);
    case 'expand':
      return describeExpand(node, inputs[0]!);
    case 'repeat': {
      const times = inputs[0]![node.count]!.name;
      return [`gives ${node.schema.map((field) => field.name).join(', ')}, ${times} times`, 'state: none'];
    }
    case 'union':
      return [`gives ${node.schema.map((field) => field.name).join(', ')}`];
    case 'aggregate':
      return describeAggregate(node, inputs[0]!);
    case 'exchange': {
      const by = node.by === null ? 'to the first task' : `by hash of ${names(node.schema, node.by)}`;
      return [by, `sends ${node.schema.map((field) => field.name).join(', ') || 'rows without columns'}`];
    }
    case 'top n':
      return describeTopN(node);
    case 'over':
      return describeOver(node);
    case 'join':
      return describeJoin(node, below[0]!, below[1]!);
    case 'as of':
      return describeAsOf(node, inputs[0]!, inputs[1]!);
    case 'materialize':
    case 'sink': {
      const visible = columnList(node.schema.slice(0, node.visible));
      const hidden = columnList(node.schema.slice(node.visible));
      const key = names(node.schema, node.streamKey);
      const oneRow = node.kind === 'materialize' ? 'key: none, at most one row' : '';
      return [
        `columns: ${visible}`,
        ...(hidden === '' ? [] : [`hidden: ${hidden}`]),
        ...(key !== '' ? [`key: ${key}`] : oneRow !== '' ? [oneRow] : []),
        node.appendOnly ? 'changes: inserts only' : 'changes: inserts, updates and deletes by key',
      ];
    }
  }
}

function describeScan(node: ScanNode): readonly string[] {
  const reads = node.schema.slice(0, node.columns.length);
  const system = node.schema.slice(node.columns.length);
  return [
    `decodes: ${columnList(reads) || 'nothing'}`,
    ...(system.length === 0
      ? []
      : [`of the record: ${system.map((f, i) => systemColumn(f.name, node.system[i]!)).join(', ')}`]),
    node.watermark === null
      ? 'watermark: none'
      : `watermark: ${printExpr(node.watermark.expr)} on ${node.schema[node.watermark.timeColumn]!.name}`,
    'state: none but offsets',
  ];
}

function describeFollow(node: FollowNode): readonly string[] {
  return [
    `gives: ${columnList(node.schema)}`,
    `key: ${names(node.schema, node.streamKey) || 'none, at most one row'}`,
    node.appendOnly ? 'changes: inserts only' : 'changes: inserts, updates and deletes by key',
    'reads: the rows as of one version, in chunks, then the change log; consistent with that pipeline alone',
    'state: none but its position',
  ];
}

function systemColumn(name: string, field: string): string {
  return name === `_${field}` ? name : `${field} as ${name}`;
}

function describeMap(node: MapNode): readonly string[] {
  const filter = node.filter === null ? [] : [`where ${printExpr(node.filter)}`];
  const exprs = node.exprs.map((expr, i) => {
    const name = node.schema[i]!.name;
    const text = printExpr(expr);
    return text === name ? name : `${name} = ${text}`;
  });
  return [
    ...filter,
    ...(exprs.length === 0 ? ['gives rows without columns'] : [`gives ${exprs.join(', ')}`]),
  ];
}

function describeExpand(node: ExpandNode, input: RowSchema): readonly string[] {
  const { shape } = node;
  const copies =
    shape.kind === 'cumulate'
      ? `up to ${shape.size / shape.step}`
      : shape.size % shape.slide === 0n
        ? `${shape.size / shape.slide}`
        : `${shape.size / shape.slide} or ${shape.size / shape.slide + 1n}`;
  return [
    printShape(shape, input[node.time]!.name),
    `gives ${node.schema.map((field) => field.name).join(', ')}, once for each of ${copies} windows`,
    'state: none',
  ];
}

function describeSession(node: SessionNode, input: RowSchema): readonly string[] {
  const by = node.partition.length === 0 ? 'of all rows' : `of rows by ${names(input, node.partition)}`;
  return [
    `${node.label} ${by}`,
    `gives ${node.schema.map((field) => field.name).join(', ')}`,
    `state: rows, ${node.frees ? 'freed when the watermark reaches the end of their session' : 'kept for ever'}`,
    node.onClose
      ? 'emits: rows once, when the watermark reaches the end of their session'
      : 'emits: rows again when the bounds of their session change',
    `state table: ${node.fingerprint}`,
  ];
}

function describeNormalize(node: NormalizeNode): readonly string[] {
  const key = names(node.schema, node.key);
  return [
    `the row of a key is set or deleted${node.truncates ? ', or all rows go' : ''}`,
    `gives ${node.schema.map((field) => field.name).join(', ')}`,
    `state: one row per (${key}), kept until it is deleted`,
    'emits: the net change of each key at the end of an epoch',
    `state table: ${node.fingerprint}`,
  ];
}

function describeTemporal(node: TemporalNode, input: RowSchema): readonly string[] {
  const times = node.conditions.map(({ kind, column, shift }) => {
    const time = input[column]!.name;
    return `${kind} at ${time}${shift === 0n ? '' : ` + ${printMicros(shift)}`}`;
  });
  const leaves = node.conditions.some(({ kind }) => kind === 'leaves');
  return [
    `a row ${times.join(', ')}, by the clock`,
    `gives ${node.schema.map((field) => field.name).join(', ')}`,
    `state: rows until they ${leaves ? 'have left' : 'have entered'}`,
    node.appendOnly ? 'emits: each row when it enters' : 'emits: rows as they enter and leave',
    `state table: ${node.fingerprint}`,
  ];
}

function describeAggregate(node: AggregateNode, input: RowSchema): readonly string[] {
  const keys = node.schema.slice(0, node.keys.length).map((field) => field.name);
  const calls = node.calls.map((call) => callText(call, node, input));
  const by = keys.length === 0 ? 'all rows, one group that is there from the start' : `by ${keys.join(', ')}`;
  const rows = keys.length === 0 ? 'one row' : `one row per (${keys.join(', ')})`;
  const end = node.window === null ? undefined : keys[node.window.endKey]!;
  const freed =
    end !== undefined
      ? `, freed when the watermark reaches ${end}`
      : keys.length === 0
        ? ''
        : node.retracts
          ? ', as long as the group has rows'
          : ', kept for ever';
  return [
    by,
    ...(calls.length === 0 ? [] : [`computes ${calls.join(', ')}`]),
    `state: ${rows}${freed}`,
    node.window?.onClose === true
      ? `emits: each row once, when the watermark reaches ${end!}`
      : 'emits: every change of a row',
    `state table: ${node.fingerprint}`,
    ...node.multisets.map((multiset) => multisetText(multiset, input)),
  ];
}

function orderText({ order, schema }: TopNNode | OverNode): string {
  const by = order.map(({ column, descending, nullsFirst }) => {
    const nulls = nullsFirst === descending ? '' : ` nulls ${nullsFirst ? 'first' : 'last'}`;
    return `${schema[column]!.name}${descending ? ' desc' : ''}${nulls}`;
  });
  return by.join(', ') || 'the whole row';
}

function describeOver(node: OverNode): readonly string[] {
  const of = node.partition.length === 0 ? 'all rows' : `each (${names(node.schema, node.partition)})`;
  const width = node.schema.length - node.calls.length;
  const calls = node.calls.map(({ fn, args, count, frame, filtered }, j) => {
    const of = [...args.map((arg) => node.schema[arg]!.name), ...(count === 0 ? [] : [String(count)])];
    if (filtered === true) of.splice(-2, 2, of.slice(-2).join(' where '));
    const edge = (at: FrameEdge, side: 'first' | 'last'): string => edgeText(at, side, node);
    const rows = `${edge(frame.start, 'first')} to ${edge(frame.end, 'last')}${frame.exclude === undefined ? '' : EXCLUDED[frame.exclude]}`;
    return `gives ${node.schema[width + j]!.name} = ${fn}(${of.join(', ')}) of the rows from ${rows}`;
  });
  return [
    `of ${of} by ${orderText(node)}`,
    ...calls,
    'state: all rows, kept for ever',
    `state table: ${node.fingerprint}`,
  ];
}

function edgeText(edge: FrameEdge, side: 'first' | 'last', node: OverNode): string {
  if (edge.kind === 'unbounded') return `the ${side}`;
  if (edge.kind === 'peers') return `its ${side} peer`;
  if (edge.kind === 'range') return `${awayText(edge.offset, node)} its value`;
  if (edge.offset === 0) return edge.kind === 'group' ? 'its peers' : 'itself';
  const count = Math.abs(edge.offset);
  const groups = edge.kind === 'row' ? '' : count === 1 ? ' group' : ' groups';
  return `${count}${groups} ${edge.offset < 0 ? 'before' : 'behind'} it`;
}

/** Offsets of times are microseconds. */
function awayText(offset: string, { order, schema }: OverNode): string {
  const far = offset.replace(/^-/, '');
  const type = schema[order[0]!.column]!.type.kind;
  const isTime = ['date', 'time', 'timestamp', 'timestamptz', 'interval'].includes(type);
  const shown = isTime && far !== 'Infinity' ? printMicros(BigInt(far)) : far;
  return `${shown} ${offset.startsWith('-') ? 'before' : 'behind'}`;
}

const EXCLUDED = {
  'current row': ' without itself',
  group: ' without itself and its peers',
  ties: ' without its peers',
} as const;

function countText({ limit, counts }: TopNNode): string {
  if (limit === null) return 'all rows';
  if (counts === 'ranks') return `the rows of ranks up to ${limit}`;
  if (counts === 'dense ranks') return `the rows of dense ranks up to ${limit}`;
  return `the first ${limit} rows${counts === 'ties' ? ' and the peers of the last one' : ''}`;
}

function keptText({ limit, offset, counts }: TopNNode): string {
  const rows = offset + limit!;
  if (counts === 'dense ranks') return `the rows of ${rows} dense ranks`;
  return `${rows} rows${counts === undefined ? '' : ' and their peers'}`;
}

function describeTopN(node: TopNNode): readonly string[] {
  const of = node.partition.length === 0 ? 'of all rows' : `of each (${names(node.schema, node.partition)})`;
  const count = countText(node);
  return [
    `${count}${node.offset === 0 ? '' : ` behind the first ${node.offset}`} ${of}`,
    `by ${orderText(node)}`,
    ...(node.numbered ? [`gives their place as ${node.schema.at(-1)!.name}`] : []),
    node.forgets ? `state: ${keptText(node)} ${of}, kept for ever` : 'state: all rows, kept for ever',
    `state table: ${node.fingerprint}`,
  ];
}

function describeJoin(node: JoinNode, left: PhysicalNode, right: PhysicalNode): readonly string[] {
  const keys = keyTexts(node, left.schema, right.schema);
  return [
    node.leftKeys.length === 0
      ? `${node.type} join of every pair of rows`
      : `${node.type} join on ${keys.join(' and ')}`,
    ...(node.residual === null ? [] : [`where ${printExpr(node.residual)}`]),
    `gives ${node.schema.map((field) => field.name).join(', ')}`,
    ...joinState(node, left, right),
    `state tables: ${node.fingerprint}-left, -right`,
  ];
}

function describeAsOf(node: AsOfNode, left: RowSchema, right: RowSchema): readonly string[] {
  const keys = keyTexts(node, left, right);
  const time = left[node.leftTime]!.name;
  const near = `${time} ${node.before ? '>' : '<'}${node.inclusive ? '=' : ''} ${right[node.rightTime]!.name}`;
  const reaches = (shift: bigint, column: string): string =>
    `when the watermark reaches ${column}${shiftText(shift)}`;
  const { frees } = node;
  return [
    `${node.type} as-of join on ${[...keys, `nearest ${near}`].join(' and ')}`,
    `gives ${node.schema.map((field) => field.name).join(', ')}`,
    `state: rows of the left input, ${frees.left === null ? 'kept for ever' : `freed ${reaches(frees.left, time)}`}`,
    `state: rows of the right input, ${
      frees.right === null
        ? 'kept for ever'
        : `freed ${reaches(frees.right, `${right[node.rightTime]!.name} of a later one`)}`
    }`,
    node.onClose
      ? 'emits: rows once, when they are freed'
      : 'emits: rows again when a nearer one comes, or theirs leaves',
    `state tables: ${node.fingerprint}-left, -right`,
  ];
}

function keyTexts(node: JoinNode | AsOfNode, left: RowSchema, right: RowSchema): readonly string[] {
  return node.leftKeys.map((l, i) => {
    const equal = node.nullSafe[i] === true ? 'is not distinct from' : '=';
    return `${left[l]!.name} ${equal} ${right[node.rightKeys[i]!]!.name}`;
  });
}

/** A side that changes is bounded by what its input keeps. */
function joinState({ frees, onClose }: JoinNode, left: PhysicalNode, right: PhysicalNode): readonly string[] {
  const free = frees.left === null && frees.right === null;
  if (free && left.appendOnly && right.appendOnly) return ['state: all rows of both inputs, kept for ever'];
  if (free && !left.appendOnly && !right.appendOnly)
    return ['state: all rows of both inputs, as long as they are there'];
  const kept = (horizon: Horizon | null, { schema, appendOnly }: PhysicalNode): string => {
    if (horizon === null) return appendOnly ? 'kept for ever' : 'as long as they are there';
    return `freed when the watermark reaches ${schema[horizon.column]!.name}${shiftText(horizon.shift)}`;
  };
  return [
    `state: rows of the left input, ${kept(frees.left, left)}`,
    `state: rows of the right input, ${kept(frees.right, right)}`,
    ...(onClose ? ['emits: rows without a partner once, when they are freed'] : []),
  ];
}

function shiftText(micros: bigint): string {
  if (micros === 0n) return '';
  return micros < 0n ? ` - ${printMicros(-micros)}` : ` + ${printMicros(micros)}`;
}

function callText(call: AggregateCall, node: AggregateNode, input: RowSchema): string {
  if (call.fn === 'count_star') return 'count(*)';
  const { separator, reads, multiset } = call;
  const column = (of: number): string => input[node.multisets[multiset!]!.columns[of]!]!.name;
  const args = reads?.map(column) ?? [input[call.arg!]!.name];
  if (separator !== undefined) args.push(separatorText(separator, column));
  if (call.second !== undefined) args.push(input[call.second]!.name);
  if (call.fractions !== undefined) args.unshift(fractionsText(call.fractions));
  return `${call.fn}(${call.distinct === true ? 'distinct ' : ''}${args.join(', ')})`;
}

function separatorText(
  separator: NonNullable<AggregateCall['separator']>,
  column: (of: number) => string,
): string {
  if (typeof separator === 'string') return `'${separator}'`;
  return 'hex' in separator ? `'\\x${separator.hex}'` : column(separator.column);
}

function multisetText({ columns, order, fingerprint }: AggregateMultiset, input: RowSchema): string {
  const rows = names(input, columns);
  if (order === null) return `keeps (${rows}) of each group: ${fingerprint}`;
  const by = order.map(({ column, descending, nullsFirst }) => {
    const nulls = nullsFirst === descending ? '' : nullsFirst ? ' nulls first' : ' nulls last';
    return `${input[columns[column]!]!.name}${descending ? ' desc' : ''}${nulls}`;
  });
  return `keeps (${rows}) of each group in order of ${by.join(', ')}: ${fingerprint}`;
}

function columnList(fields: RowSchema): string {
  return fields.map((f) => `${f.name} ${typeName(f.type)}${f.nullable ? '' : ' not null'}`).join(', ');
}

function names(schema: RowSchema, indexes: readonly number[]): string {
  return indexes.map((index) => schema[index]!.name).join(', ');
}
