// Names, types and constants as PostgreSQL text.

import { MillraceError } from '../../errors.ts';
import type { Identifier, ObjectName, TypeName } from '../names.ts';

/** Words that are no plain names: PostgreSQL's keywords but the unreserved ones, and words that our reader looks for. */
const QUOTED_WORDS = new Set(
  (
    'all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create ' +
    'current_catalog current_date current_role current_time current_timestamp current_user default deferrable desc ' +
    'distinct do else end except false fetch for foreign from grant group having in initially intersect into lateral ' +
    'leading limit localtime localtimestamp not null offset on only or order placing primary references returning ' +
    'select session_user some symmetric system_user table then to trailing true union unique user using variadic ' +
    'when where window with authorization binary collation concurrently cross current_schema freeze full ilike inner ' +
    'is isnull join left like natural notnull outer overlaps right similar tablesample verbose between bigint bit ' +
    'boolean char character coalesce dec decimal exists extract float greatest grouping inout int integer interval ' +
    'json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize ' +
    'json_table json_value least merge_action national nchar none normalize nullif numeric out overlay position ' +
    'precision real row setof smallint substring time timestamp treat trim values varchar xmlattributes xmlconcat ' +
    'xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable ' +
    'emit asof semi anti qualify pivot unpivot match_recognize within system_time rows range groups partition'
  ).split(' '),
);

/** A name, quoted when it has to be. */
export function quoteName(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) && !QUOTED_WORDS.has(name)
    ? name
    : `"${name.replaceAll('"', '""')}"`;
}

export function quoteString(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

export function dotted(parts: readonly Identifier[]): string {
  return parts.map((part) => quoteName(part.name)).join('.');
}

export function objectName(name: ObjectName): string {
  return dotted(name.schema === undefined ? [name.name] : [name.schema, name.name]);
}

export function nameList(names: readonly Identifier[]): string {
  return names.length === 0 ? '' : `(${names.map((name) => quoteName(name.name)).join(', ')})`;
}

/** Types whose names are keywords of the grammar and mean the built-in type without quotes. */
const KEYWORD_TYPES = new Set(['interval', 'numeric', 'bit', 'time', 'timestamp', 'varchar', 'json']);

export function typeText(type: TypeName): string {
  if (type.fields !== undefined) throw notPostgres('STRUCT<…>', type.span);
  const plain = type.schema === undefined && KEYWORD_TYPES.has(type.name);
  const name = plain ? type.name : quoteName(type.name);
  const schema = type.schema === undefined ? '' : `${quoteName(type.schema)}.`;
  const modifiers = type.modifiers.length === 0 ? '' : `(${type.modifiers.join(', ')})`;
  const bounds = type.arrayBounds.map((bound) => `[${bound ?? ''}]`).join('');
  return schema + name + modifiers + intervalText(type) + bounds;
}

function intervalText(type: TypeName): string {
  if (type.interval === undefined) return '';
  const { fields, precision } = type.interval;
  return (fields === undefined ? '' : ` ${fields}`) + (precision === undefined ? '' : `(${precision})`);
}

/** What has no PostgreSQL text. */
export function notPostgres(
  construct: string,
  span: { readonly offset: number; readonly end: number },
): MillraceError {
  const message = `${construct} has no equal in PostgreSQL`;
  const hint = 'submit the statement here; only queries are shown as PostgreSQL text';
  return new MillraceError({ code: 'SQL_NOT_POSTGRES', message, span, hint });
}
