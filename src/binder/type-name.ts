// A type as written → a type of Millrace. The types it lacks are refused by name.

import type { SqlType } from '../data/types.ts';
import { arrayOf, typeName } from '../data/types.ts';
import { MillraceError } from '../errors.ts';
import type { TypeName } from '../sql/names.ts';
import { nearNames } from '../catalog/near.ts';

const SIMPLE: ReadonlyMap<string, SqlType> = new Map([
  ['bool', { kind: 'boolean' }],
  ['int2', { kind: 'smallint' }],
  ['int4', { kind: 'integer' }],
  ['int8', { kind: 'bigint' }],
  ['float4', { kind: 'real' }],
  ['float8', { kind: 'double' }],
  ['text', { kind: 'text' }],
  ['varchar', { kind: 'varchar' }],
  ['bytea', { kind: 'bytea' }],
  ['uuid', { kind: 'uuid' }],
  ['jsonb', { kind: 'jsonb' }],
  ['time', { kind: 'time' }],
  ['date', { kind: 'date' }],
  ['timestamp', { kind: 'timestamp' }],
  ['timestamptz', { kind: 'timestamptz' }],
  ['interval', { kind: 'interval' }],
] satisfies [string, SqlType][]);

/** Types of Postgres that are not here, and what serves instead. */
const LACKING: ReadonlyMap<string, string> = new Map([
  ['bpchar', 'use text'],
  ['timetz', 'use text or timestamp with time zone'],
  ['json', 'use jsonb'],
  ['money', 'use numeric'],
  ['bit', 'use text'],
  ['varbit', 'use text'],
  ['xml', 'use text'],
  ['jsonpath', 'write the path as a constant without a type, where jsonb_path_exists and its like take it'],
  ['inet', 'use text'],
  ['cidr', 'use text'],
  ['macaddr', 'use text'],
  ['oid', 'use bigint'],
  ['name', 'use text'],
  ['record', 'declare it as STRUCT<field type, …>'],
]);

const KNOWN_NAMES = [
  ...[
    'boolean',
    'smallint',
    'integer',
    'bigint',
    'numeric',
    'text',
    'date',
    'timestamp',
    'timestamptz',
    'interval',
  ],
  'real',
  'double precision',
  'varchar',
  'bytea',
  'uuid',
  'jsonb',
  'time',
];

const MAX_NUMERIC_PRECISION = 1000;

export function bindType(type: TypeName): SqlType {
  if (type.arrayBounds.length > 1)
    throw lacking(`type ${shownName(type)}[][]`, type, 'arrays have one dimension; use jsonb');
  if (type.arrayBounds.length === 1) return arrayOf(bindType({ ...type, arrayBounds: [] }));
  if (type.fields !== undefined) return bindStruct(type.fields);
  if (type.name === 'varchar') return varcharType(type);
  if (type.name === 'numeric') return numericType(type);
  const simple = type.schema === undefined ? SIMPLE.get(type.name) : undefined;
  if (simple !== undefined) {
    if (type.modifiers.length > 0 || type.interval?.precision !== undefined) {
      throw lacking(`a length or precision of type ${shownName(type)}`, type, `write ${typeName(simple)}`);
    }
    return simple;
  }
  const hint = LACKING.get(type.name);
  if (hint !== undefined) throw lacking(`type ${shownName(type)}`, type, hint);
  const near = nearNames(type.name, KNOWN_NAMES);
  throw new MillraceError({
    code: 'UNKNOWN_TYPE',
    message: `type "${type.schema === undefined ? '' : `${type.schema}.`}${type.name}" does not exist`,
    hint: near.length > 0 ? `did you mean ${near.join(' or ')}?` : `types here: ${KNOWN_NAMES.join(', ')}`,
    span: type.span,
  });
}

function bindStruct(fields: NonNullable<TypeName['fields']>): SqlType {
  return { kind: 'row', fields: fields.map(({ name, type }) => ({ name: name.name, type: bindType(type) })) };
}

/** The limit of PostgreSQL. */
const MAX_VARCHAR = 10_485_760;

function varcharType(type: TypeName): SqlType {
  const [length] = type.modifiers;
  if (length === undefined) return { kind: 'varchar' };
  if (length < 1 || length > MAX_VARCHAR)
    throw lacking(`varchar(${length})`, type, `its length is 1 to ${MAX_VARCHAR}`);
  return { kind: 'varchar', length };
}

function numericType(type: TypeName): SqlType {
  const [precision, scale = 0] = type.modifiers;
  if (precision === undefined) return { kind: 'numeric' };
  if (precision < 1 || precision > MAX_NUMERIC_PRECISION || scale < 0 || scale > precision) {
    throw lacking(
      `numeric(${type.modifiers.join(', ')})`,
      type,
      `precision is 1 to ${MAX_NUMERIC_PRECISION}, scale 0 to the precision`,
    );
  }
  return { kind: 'numeric', precision, scale };
}

function shownName(type: TypeName): string {
  const spelled: Readonly<Record<string, string>> = { bpchar: 'character' };
  const simple = SIMPLE.get(type.name);
  if (type.name === 'varchar') return 'character varying';
  return spelled[type.name] ?? (simple === undefined ? type.name : typeName(simple));
}

function lacking(what: string, type: TypeName, hint: string): MillraceError {
  return new MillraceError({
    code: 'UNSUPPORTED_TYPE',
    message: `${what} is not supported yet`,
    hint,
    span: type.span,
  });
}
