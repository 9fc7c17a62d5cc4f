// How Postgres numbers and names the types of Millrace: what binary parameters, COPY and casts need to say.

import type { ScalarKind, SqlType } from '../data/types.ts';

interface PostgresType {
  readonly oid: number;
  readonly arrayOid: number;
  /** The short spelling, for casts and column definitions. */
  readonly name: string;
}

const TYPES: Readonly<Record<ScalarKind, PostgresType>> = {
  boolean: { oid: 16, arrayOid: 1000, name: 'boolean' },
  smallint: { oid: 21, arrayOid: 1005, name: 'int2' },
  integer: { oid: 23, arrayOid: 1007, name: 'int4' },
  bigint: { oid: 20, arrayOid: 1016, name: 'int8' },
  real: { oid: 700, arrayOid: 1021, name: 'float4' },
  double: { oid: 701, arrayOid: 1022, name: 'float8' },
  numeric: { oid: 1700, arrayOid: 1231, name: 'numeric' },
  text: { oid: 25, arrayOid: 1009, name: 'text' },
  varchar: { oid: 1043, arrayOid: 1015, name: 'varchar' },
  bytea: { oid: 17, arrayOid: 1001, name: 'bytea' },
  uuid: { oid: 2950, arrayOid: 2951, name: 'uuid' },
  time: { oid: 1083, arrayOid: 1183, name: 'time' },
  jsonb: { oid: 3802, arrayOid: 3807, name: 'jsonb' },
  date: { oid: 1082, arrayOid: 1182, name: 'date' },
  timestamp: { oid: 1114, arrayOid: 1115, name: 'timestamp' },
  timestamptz: { oid: 1184, arrayOid: 1185, name: 'timestamptz' },
  interval: { oid: 1186, arrayOid: 1187, name: 'interval' },
};

export const BYTEA_OID = 17;

/** Types that have a number in every database: all but rows. */
export function oidOf(type: SqlType): number {
  if (type.kind === 'row') throw new Error('row types have no fixed number');
  if (type.kind !== 'array') return TYPES[type.kind].oid;
  if (type.element.kind === 'array' || type.element.kind === 'row')
    throw new Error('arrays of arrays and rows have no fixed number');
  return TYPES[type.element.kind].arrayOid;
}

/** The name to cast to; without precision, scale or length, so that `$1::name[]` fits every value of the type. */
export function castName(type: SqlType): string {
  if (type.kind === 'array') return `${castName(type.element)}[]`;
  return type.kind === 'row' ? 'record' : TYPES[type.kind].name;
}

/** As a column is declared. */
export function columnTypeName(type: SqlType): string {
  if (type.kind === 'array') return `${columnTypeName(type.element)}[]`;
  if (type.kind === 'numeric' && type.precision !== undefined)
    return `numeric(${type.precision},${type.scale ?? 0})`;
  if (type.kind === 'varchar' && type.length !== undefined) return `varchar(${type.length})`;
  return castName(type);
}

/** Text is ordered by its bytes, also within arrays. */
export function columnCollation(type: SqlType): string {
  if (type.kind === 'array') return columnCollation(type.element);
  return type.kind === 'text' || type.kind === 'varchar' ? ' COLLATE "C"' : '';
}
