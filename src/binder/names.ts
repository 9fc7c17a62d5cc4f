// The names that statements give: of relations and of the columns of views.

import type { Catalog } from '../catalog/catalog.ts';
import type { Definition, FunctionDef, RelationDef } from '../catalog/definition.ts';
import type { RowSchema } from '../data/types.ts';
import type { MillraceError, TextSpan } from '../errors.ts';
import type { Query } from '../sql/ast.ts';
import type { Identifier, ObjectName } from '../sql/names.ts';
import type { BoundQuery } from './bound.ts';
import type { CreateMaterializedView } from '../sql/statement.ts';
import { duplicateName, invalidDefinition, unsupported, wrongObjectType } from './fail.ts';

const RESERVED_SCHEMAS: ReadonlySet<string> = new Set(['information_schema', 'millrace', 'millrace_data']);

/** Postgres keeps 63 bytes of a name and drops the rest. */
const MAX_NAME_BYTES = 63;
const MAX_COLUMNS = 1_000;

const SYSTEM_COLUMNS: ReadonlySet<string> = new Set(['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid']);

export function checkName(name: ObjectName): void {
  const schema = name.schema?.name;
  if (schema !== undefined && (RESERVED_SCHEMAS.has(schema) || schema.startsWith('pg_'))) {
    throw invalidDefinition(
      `schema "${schema}" is reserved`,
      name.schema!.span,
      'leave it out for schema public',
    );
  }
  checkLength(name.name.name, name.name.span);
  if (schema !== undefined) checkLength(schema, name.schema!.span);
}

function checkLength(name: string, span: TextSpan): void {
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) {
    throw invalidDefinition(`a name is longer than ${MAX_NAME_BYTES} bytes: "${name.slice(0, 80)}"`, span);
  }
}

export function existing(name: ObjectName, catalog: Catalog): RelationDef | undefined {
  return catalog.find({ schema: name.schema?.name, name: name.name.name });
}

export function existingFunction(name: ObjectName, catalog: Catalog): FunctionDef | undefined {
  return catalog.findFunction({ schema: name.schema?.name, name: name.name.name });
}

export function named(name: ObjectName, taken: Definition): MillraceError {
  if (taken.kind === 'function')
    return duplicateName(
      `function "${taken.name}" already exists: a name has one function`,
      name.span,
      `CREATE OR REPLACE FUNCTION takes its place; DROP FUNCTION ${taken.name} makes room`,
    );
  return duplicateName(
    `relation "${name.name.name}" already exists: it is a ${taken.kind}`,
    name.span,
    `choose another name, or DROP ${taken.kind.toUpperCase()} ${taken.name} first`,
  );
}

/** OR REPLACE gives a name to another thing of the same kind. */
export function wrongKind(name: ObjectName, taken: Definition, wanted: Definition['kind']): MillraceError {
  return wrongObjectType(
    `"${taken.name}" is not a ${wanted}, it is a ${taken.kind}`,
    name.span,
    `choose another name, or DROP ${taken.kind.toUpperCase()} ${taken.name} first`,
  );
}

/** The columns of a view: names given in its head come first, names must differ and be storable. */
export function checkViewColumns(
  query: BoundQuery,
  names: readonly Identifier[],
  syntax: Query | undefined,
): RowSchema {
  if (names.length > query.columns.length) {
    throw invalidDefinition(
      'CREATE VIEW specifies more column names than columns',
      names[query.columns.length]!.span,
    );
  }
  if (query.columns.length > MAX_COLUMNS) {
    throw invalidDefinition(`a view has at most ${MAX_COLUMNS} columns`, query.span);
  }
  const seen = new Set<string>();
  return query.columns.map(({ name: own, type, nullable }, i) => {
    const name = names[i]?.name ?? own;
    const span = names[i]?.span ?? targetSpan(syntax, i) ?? query.span;
    if (seen.has(name)) {
      throw duplicateName(
        `column "${name}" specified more than once`,
        span,
        'give each column a name of its own with AS',
      );
    }
    if (SYSTEM_COLUMNS.has(name)) {
      throw invalidDefinition(
        `column name "${name}" conflicts with a system column name`,
        span,
        'rename it with AS',
      );
    }
    checkLength(name, span);
    seen.add(name);
    return { name, type, nullable };
  });
}

/** Where an output is written, when it is one of the list and no `*` is among them. */
function targetSpan(syntax: Query | undefined, index: number): TextSpan | undefined {
  const body = syntax?.body;
  if (body?.kind === 'SetOperation') return targetSpan(body.left, index);
  if (body?.kind !== 'Select') return undefined;
  if (body.targets.some((target) => /Star$/.test(target.expression.kind))) return body.targets[0]?.span;
  return body.targets[index]?.span;
}

/** A table of Postgres has no columns of anonymous rows. */
export function refuseRowColumns(columns: RowSchema, statement: CreateMaterializedView): void {
  columns.forEach(({ name, type }, i) => {
    if (type.kind !== 'row' && !(type.kind === 'array' && type.element.kind === 'row')) return;
    throw unsupported(
      `a row as column "${name}" of a materialized view`,
      statement.columns[i]?.span ?? targetSpan(statement.query, i) ?? statement.name.span,
      'select its fields, as (row).field, or keep it as jsonb',
    );
  });
}
