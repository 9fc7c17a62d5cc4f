// The decoder of a table, by its format.

import type { TableDef } from '../../catalog/definition.ts';
import type { TableFormat } from '../../catalog/format.ts';
import type { SchemaLookup } from './avro-reader.ts';
import { AvroReader } from './avro-reader.ts';
import { CheckedDecoder } from './checked-decoder.ts';
import { AvroEventRow, AvroEvents, avroEventReader } from './debezium-avro.ts';
import { debeziumReader } from './debezium.ts';
import { FramedDecoder } from './framed-decoder.ts';
import { withIncludes } from './open-decoder.ts';
import { ProtoReader } from './proto-reader.ts';
import type { RecordDecoder } from './record-decoder.ts';
import { SchemaCheck } from './schema-check.ts';
import type { TableColumns } from './table-decoder.ts';
import { TableDecoder, TableReader } from './table-decoder.ts';
import { FramedRows } from './table-rows.ts';
import { TextArena } from './text-arena.ts';
import { readUpsert } from './upsert.ts';

/** `onTruncate` throws where a truncation has no place in the order of events. `schemas`: of a table whose records name theirs. */
export function openTableDecoder(
  table: TableDef,
  onTruncate: () => void,
  schemas: SchemaLookup,
): RecordDecoder {
  const declared = table.columns.slice(0, table.declared);
  const columns: TableColumns = {
    columns: declared.map(({ name, type, nullable }) => ({ name, type, notNull: !nullable })),
    key: table.key.filter((index) => index < table.declared),
  };
  // A key that is the primary key is checked where it is read.
  return withIncludes(
    operationsOf(table, columns, onTruncate, schemas),
    table.includes.filter((_, i) => !table.key.includes(table.declared + i)),
  );
}

function operationsOf(
  { format, reading }: TableDef,
  columns: TableColumns,
  onTruncate: () => void,
  schemas: SchemaLookup,
): RecordDecoder {
  const arena = new TextArena();
  switch (format.encode) {
    case 'JSON':
      return jsonTable(format, columns, arena, onTruncate);
    case 'FRAMED JSON': {
      const decoder = new FramedDecoder(jsonTable(format, columns, arena, onTruncate));
      return reading.validate === 'strict' ? new CheckedDecoder(decoder, new SchemaCheck(schemas)) : decoder;
    }
    case 'PROTOBUF': {
      const value = { readerId: format.reader ?? null, message: format.message ?? null };
      const key = { readerId: format.keyReader ?? null, message: null };
      const rows = new FramedRows(
        columns,
        arena,
        (set, part) => new ProtoReader(set, schemas, part === 'key' ? key : value),
      );
      return new TableDecoder(rows, arena, readUpsert);
    }
    case 'AVRO':
      return avroTable(format, columns, arena, onTruncate, schemas);
  }
}

function jsonTable(
  { format }: TableFormat,
  columns: TableColumns,
  arena: TextArena,
  onTruncate: () => void,
): RecordDecoder {
  const read = format === 'UPSERT' ? readUpsert : debeziumReader(onTruncate);
  return new TableDecoder(new TableReader(columns, arena), arena, read);
}

function avroTable(
  format: Extract<TableFormat, { encode: 'AVRO' | 'PROTOBUF' | 'FRAMED JSON' }>,
  columns: TableColumns,
  arena: TextArena,
  onTruncate: () => void,
  schemas: SchemaLookup,
): RecordDecoder {
  const readerId = format.reader ?? null;
  const keyId = format.keyReader ?? null;
  if (format.format === 'UPSERT') {
    const rows = new FramedRows(columns, arena, (set, part) =>
      part === 'key' ? new AvroReader(set, schemas, keyId, true) : new AvroReader(set, schemas, readerId),
    );
    return new TableDecoder(rows, arena, readUpsert);
  }
  const events = new AvroEvents(schemas);
  const rows = new FramedRows(columns, arena, (set, part) => {
    const keys = part === 'key' ? new AvroReader(set, schemas, keyId, true) : null;
    return new AvroEventRow(set, events, readerId, keys);
  });
  return new TableDecoder(rows, arena, avroEventReader(events, onTruncate));
}
