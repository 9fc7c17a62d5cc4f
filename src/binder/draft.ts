// A query while its output types are open: 'abc' and NULL in a select list take their type from the other branches of a UNION,
// and are text when nothing decides. Finishing gives every output a type.

import type { TimeAttribute } from '../data/time-attribute.ts';
import { heldUntil, isWindowTime } from '../data/time-attribute.ts';
import { TEXT } from '../data/types.ts';
import type { SqlType } from '../data/types.ts';
import type { TextSpan } from '../errors.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { ownColumn } from '../expr/outer.ts';
import { coerce } from '../expr/resolve/casts.ts';
import { commonType } from '../expr/resolve/common-type.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import { argTypeOf } from '../expr/resolve/operand.ts';
import type { SetOperation } from '../sql/ast.ts';
import type {
  BoundColumn,
  BoundGroup,
  BoundNumbering,
  BoundOver,
  BoundQuery,
  BoundSetOperation,
  BoundRelation,
  BoundTopN,
  OutputOrder,
  TemporalCondition,
} from './bound.ts';
import { invalidQuery } from './fail.ts';

export interface DraftColumn {
  readonly name: string;
  readonly span: TextSpan;
}

interface DraftBase {
  readonly columns: readonly DraftColumn[];
  readonly span: TextSpan;
}

export interface SelectDraft extends DraftBase {
  readonly kind: 'select';
  readonly from: BoundRelation;
  readonly where: BoundExpr | null;
  readonly whereNow: readonly TemporalCondition[];
  readonly group: BoundGroup | null;
  readonly having: BoundExpr | null;
  readonly havingNow: readonly TemporalCondition[];
  readonly numberings: readonly BoundNumbering[];
  readonly overs: readonly BoundOver[];
  readonly outputs: readonly Operand[];
  readonly distinct: boolean;
  /** Columns of the row that `outputs` are bound to. */
  readonly row: readonly BoundColumn[];
}

export interface SetDraft extends DraftBase {
  readonly kind: 'set operation';
  readonly operator: SetOperation['operator'];
  readonly all: boolean;
  readonly left: QueryDraft;
  readonly right: QueryDraft;
}

/** The first of its input's columns; see BoundTopN. */
export interface TopNDraft extends DraftBase {
  readonly kind: 'top n';
  readonly input: QueryDraft;
  readonly partition: readonly number[];
  readonly order: readonly OutputOrder[];
  readonly limit: number | null;
  readonly offset: number;
  readonly counts?: 'ties';
}

export type QueryDraft = SelectDraft | SetDraft | TopNDraft;

export function setDraft(
  { operator, all, span }: SetOperation,
  left: QueryDraft,
  right: QueryDraft,
): SetDraft {
  if (left.columns.length !== right.columns.length) {
    throw invalidQuery(
      `each ${operator.toUpperCase()} query must have the same number of columns: ${left.columns.length} and ${right.columns.length}`,
      right.columns[Math.min(left.columns.length, right.columns.length - 1)]?.span ?? right.span,
      'fill up with NULL, or leave columns out',
    );
  }
  return { kind: 'set operation', operator, all, columns: left.columns, left, right, span };
}

export function finish(draft: QueryDraft): BoundQuery {
  return finishAs(
    draft,
    draft.columns.map((_, i) => {
      const type = draftType(draft, i);
      return type === 'unknown' ? TEXT : type;
    }),
  );
}

/** What a column's branches agree on, two at a time from the left, as Postgres does. */
function draftType(draft: QueryDraft, column: number): SqlType | 'unknown' {
  if (draft.kind === 'select') return argTypeOf(draft.outputs[column]!);
  if (draft.kind === 'top n') return draftType(draft.input, column);
  const types = [draftType(draft.left, column), draftType(draft.right, column)] as const;
  if (types[0] === 'unknown' && types[1] === 'unknown') return TEXT;
  return commonType(types, draft.operator.toUpperCase(), rightmost(draft).columns[column]!.span);
}

function rightmost(draft: SetDraft): QueryDraft {
  return draft.right;
}

function finishAs(draft: QueryDraft, types: readonly SqlType[]): BoundQuery {
  if (draft.kind === 'set operation') {
    return draft.operator === 'union' && draft.all ? finishUnion(draft, types) : finishSet(draft, types);
  }
  if (draft.kind === 'top n') return finishTopN(draft, types);
  const { kind, from, where, whereNow, group, having, havingNow, numberings, overs, row, span } = draft;
  const outputs = draft.outputs.map((operand, i) => coerce(operand, types[i] ?? ownType(operand)));
  const columns = draft.columns.map(({ name }, i): BoundColumn => {
    const expr = outputs[i]!;
    const time = row[ownColumn(expr) ?? -1]?.time ?? null;
    return { name, type: expr.type, nullable: expr.nullable, time };
  });
  const select = {
    kind,
    columns,
    from,
    where,
    whereNow,
    group,
    having,
    havingNow,
    numberings,
    overs,
    outputs,
    span,
  };
  return draft.distinct ? { ...select, distinct: true } : select;
}

/** What only orders a result is no output of it, and no other branch decides its type. */
function ownType(operand: Operand): SqlType {
  const type = argTypeOf(operand);
  return type === 'unknown' ? TEXT : type;
}

function finishTopN(draft: TopNDraft, types: readonly SqlType[]): BoundTopN {
  const { kind, partition, order, limit, offset, counts, span } = draft;
  const input = finishAs(draft.input, types);
  const columns = draft.columns.map((_, i) => ({ ...input.columns[i]!, time: null }));
  const form = { kind, input, partition, order, limit, offset, columns, span };
  return counts === undefined ? form : { ...form, counts };
}

function finishSet(draft: SetDraft, types: readonly SqlType[]): BoundSetOperation {
  const left = finishAs(draft.left, types);
  const right = finishAs(draft.right, types);
  const columns = draft.columns.map(({ name }, i): BoundColumn => {
    const [a, b] = [left.columns[i]!.nullable, right.columns[i]!.nullable];
    const nullable = { union: a || b, intersect: a && b, except: a }[draft.operator];
    return { name, type: types[i]!, nullable, time: null };
  });
  const { operator, all, span } = draft;
  return { kind: 'set operation', operator, all, columns, left, right, span };
}

function finishUnion(draft: SetDraft, types: readonly SqlType[]): BoundQuery {
  const branches = [draft.left, draft.right].flatMap((branch): readonly BoundQuery[] => {
    const finished = finishAs(branch, types);
    return finished.kind === 'union' ? finished.branches : [finished];
  });
  const columns = draft.columns.map(({ name }, i): BoundColumn => {
    const own = branches.map((branch) => branch.columns[i]!);
    return {
      name,
      type: types[i]!,
      nullable: own.some((column) => column.nullable),
      time: own.map((column) => column.time).reduce(commonTime),
    };
  });
  return { kind: 'union', columns, branches, span: draft.span };
}

/** What holds of a time column in both branches holds in the union. */
function commonTime(a: TimeAttribute | null, b: TimeAttribute | null): TimeAttribute | null {
  if (a === null || b === null) return null;
  if (!isWindowTime(a) && !isWindowTime(b)) return heldUntil(a)! < heldUntil(b)! ? b : a;
  if (!isWindowTime(a) || !isWindowTime(b) || a.kind !== b.kind || a.size !== b.size) return null;
  const window = a.window === b.window ? a.window : `${a.window}|${b.window}`;
  return { ...a, window, watermarked: a.watermarked && b.watermarked };
}
