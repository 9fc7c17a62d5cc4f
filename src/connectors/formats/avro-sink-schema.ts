// The Avro schemas of what a sink writes, made of its columns. Every column may be NULL, so that columns can come and go compatibly;
// key columns are never. What Avro has no type for is text, exactly as Postgres writes it.

import type { RowSchema, SqlType } from '../../data/types.ts';

type Schema = string | Readonly<Record<string, unknown>> | readonly unknown[];

/** `topic` names the records. */
export function valueSchema(topic: string, columns: RowSchema): Schema {
  return { ...row(`${named(topic)}_value`, columns), namespace: NAMESPACE };
}

export function keySchema(topic: string, columns: RowSchema): Schema {
  const name = `${named(topic)}_key`;
  const fields = columns.map((column) => ({
    name: column.name,
    type: typeOf(column.type, `${name}_${column.name}`),
  }));
  return { type: 'record', name, namespace: NAMESPACE, fields };
}

/** As Debezium writes events with Avro's converter. */
export function eventSchema(topic: string, columns: RowSchema): Schema {
  const name = `${named(topic)}_value`;
  const text = ['connector', 'name', 'schema', 'table', 'snapshot'].map((field) => ({
    name: field,
    type: 'string',
  }));
  return {
    type: 'record',
    name: `${named(topic)}_envelope`,
    namespace: NAMESPACE,
    fields: [
      { name: 'before', type: ['null', row(name, columns)], default: null },
      { name: 'after', type: ['null', name], default: null },
      {
        name: 'source',
        type: {
          type: 'record',
          name: `${named(topic)}_source`,
          fields: [...text, { name: 'epoch', type: 'long' }],
        },
      },
      { name: 'op', type: 'string' },
      { name: 'ts_ms', type: ['null', 'long'], default: null },
    ],
  };
}

const NAMESPACE = 'millrace';

function named(topic: string): string {
  return topic.replace(/[^A-Za-z0-9_]/g, '_').replace(/^[0-9]/, '_$&');
}

interface NamedType {
  readonly name: string;
  readonly type: SqlType;
}

function row(name: string, columns: readonly NamedType[]): Readonly<Record<string, unknown>> {
  const fields = columns.map((column) => ({
    name: column.name,
    type: ['null', typeOf(column.type, `${name}_${column.name}`)],
    default: null,
  }));
  return { type: 'record', name, fields };
}

/** `name`: for a type that needs one. */
function typeOf(type: SqlType, name: string): Schema {
  switch (type.kind) {
    case 'boolean':
      return 'boolean';
    case 'smallint':
    case 'integer':
      return 'int';
    case 'bigint':
      return 'long';
    case 'real':
      return 'float';
    case 'double':
      return 'double';
    case 'bytea':
      return 'bytes';
    case 'uuid':
      return { type: 'string', logicalType: 'uuid' };
    case 'date':
      return { type: 'int', logicalType: 'date' };
    case 'time':
      return { type: 'long', logicalType: 'time-micros' };
    case 'timestamp':
      return { type: 'long', logicalType: 'local-timestamp-micros' };
    case 'timestamptz':
      return { type: 'long', logicalType: 'timestamp-micros' };
    case 'numeric':
      if (type.precision === undefined || (type.scale ?? 0) < 0 || (type.scale ?? 0) > type.precision)
        return 'string';
      return { type: 'bytes', logicalType: 'decimal', precision: type.precision, scale: type.scale ?? 0 };
    case 'array':
      return { type: 'array', items: ['null', typeOf(type.element, `${name}_item`)] };
    case 'row':
      return row(name, type.fields);
    default:
      return 'string';
  }
}
