// What binding a query needs to know from around it.

import type { Catalog } from '../catalog/catalog.ts';
import { MillraceError } from '../errors.ts';
import type { TextSpan } from '../errors.ts';
import type { Query } from '../sql/ast.ts';
import type { BoundQuery } from './bound.ts';
import { invalidQuery } from './fail.ts';
import type { Scope } from './scope.ts';

/** That of query.ts, handed in: queries contain FROM and subqueries, which contain queries. */
export type BindQuery = (query: Query, context: QueryContext) => BoundQuery;

export interface QueryContext {
  readonly catalog: Catalog;
  /** The pipeline that the query will be part of: materialized views of it are read as they are computed. */
  readonly pipelineId: string;
  readonly commonTables: ReadonlyMap<string, CommonTableEntry>;
  /** Ids of definitions that the query reads, collected while binding; views that were inlined count, what they read does not. */
  readonly reads: Set<string>;
  /** Numbers windows, so that each has a name of its own, and counts relations, so that inlining stays bounded. */
  readonly counter: { windows: number; relations: number };
  /** What a subquery may read of the queries around it. */
  readonly outer?: Scope | undefined;
  /** How many views deep. */
  readonly depth: number;
}

export interface CommonTableEntry {
  readonly query: Query;
  /** Where its names are looked up: the tables before it in WITH, and what is around. */
  readonly context: QueryContext;
  readonly columns: readonly { readonly name: string }[];
}

const MAX_VIEW_DEPTH = 32;
const MAX_RELATIONS = 500;

/** Views and common tables that read others twice each double the work at every step: past the bound they are refused. */
export function countRelation(context: QueryContext, span: TextSpan): void {
  if (++context.counter.relations > MAX_RELATIONS) {
    throw new MillraceError({
      code: 'SQL_TOO_LARGE',
      message: `the query reads more than ${MAX_RELATIONS} relations once views are inlined`,
      hint: 'submit parts of it as queries of their own',
      span,
    });
  }
}

export function rootContext(catalog: Catalog, pipelineId: string): QueryContext {
  return {
    catalog,
    pipelineId,
    commonTables: new Map(),
    reads: new Set(),
    counter: { windows: 0, relations: 0 },
    depth: 0,
  };
}

/** How many queries are around. */
export function queriesAround({ outer }: QueryContext): number {
  let depth = 0;
  for (let scope = outer; scope !== undefined; scope = scope.outer) depth++;
  return depth;
}

/** The context of the text of a view that is read at `span`. */
export function enter(context: QueryContext, view: string, span: TextSpan): QueryContext {
  if (context.depth >= MAX_VIEW_DEPTH) {
    throw invalidQuery(`views are nested more than ${MAX_VIEW_DEPTH} deep at "${view}"`, span);
  }
  return {
    ...context,
    commonTables: new Map(),
    reads: new Set(),
    outer: undefined,
    depth: context.depth + 1,
  };
}
