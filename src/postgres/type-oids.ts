// How Postgres numbers and names the types of Millrace: what binary parameters, COPY and casts need to say.

import type { SqlType, TypeKind } from '../data/types.ts';

interface PostgresType {
  readonly oid: number;
  readonly arrayOid: number;
  /** The short spelling, for casts and column definitions. */
  readonly name: string;
}

const TYPES: Readonly<Record<TypeKind, PostgresType>> = {
  boolean: { oid: 16, arrayOid: 1000, name: 'boolean' },
  smallint: { oid: 21, arrayOid: 1005, name: 'int2' },
  integer: { oid: 23, arrayOid: 1007, name: 'int4' },
  bigint: { oid: 20, arrayOid: 1016, name: 'int8' },
  double: { oid: 701, arrayOid: 1022, name: 'float8' },
  numeric: { oid: 1700, arrayOid: 1231, name: 'numeric' },
  text: { oid: 25, arrayOid: 1009, name: 'text' },
  date: { oid: 1082, arrayOid: 1182, name: 'date' },
  timestamp: { oid: 1114, arrayOid: 1115, name: 'timestamp' },
  timestamptz: { oid: 1184, arrayOid: 1185, name: 'timestamptz' },
  interval: { oid: 1186, arrayOid: 1187, name: 'interval' },
};

export const BYTEA_OID = 17;

export function oidOf(kind: TypeKind): number {
  return TYPES[kind].oid;
}

/** The name to cast to; without precision and scale, so that `$1::name[]` fits every value of the type. */
export function castName(kind: TypeKind): string {
  return TYPES[kind].name;
}

/** As a column is declared. */
export function columnTypeName(type: SqlType): string {
  if (type.kind === 'numeric' && type.precision !== undefined) {
    return `numeric(${type.precision},${type.scale ?? 0})`;
  }
  return TYPES[type.kind].name;
}

const KIND_OF_OID = new Map<number, TypeKind>(
  (Object.keys(TYPES) as TypeKind[]).map((kind) => [TYPES[kind].oid, kind]),
);

export function kindOfOid(oid: number): TypeKind | null {
  return KIND_OF_OID.get(oid) ?? null;
}
