// Rows to Avro, by the schemas of avro-sink-schema.ts, behind the id of their schema.

import type { Batch } from '../../data/batch.ts';
import type { Column } from '../../data/column.ts';
import { powerOfTen } from '../../data/numeric.ts';
import { isInfiniteDate, isInfiniteTimestamp } from '../../data/time.ts';
import { valueToText } from '../../data/text-forms.ts';
import { decodeArray, decodeRow } from '../../data/tree/cells.ts';
import type { RowSchema, SqlType } from '../../data/types.ts';
import type { NumericValue, TreeValue, Value } from '../../data/value.ts';
import { valueAt } from '../../data/value.ts';
import { MillraceError } from '../../errors.ts';
import { AvroBytes } from './avro-bytes.ts';
import type { Present } from './natural-values.ts';

type Write = (to: AvroBytes, value: Present) => void;

const encoder = new TextEncoder();

/** Writes the rows of batches whose first columns are `columns`. */
export class AvroRowWriter {
  private readonly columns: RowSchema;
  private readonly writes: readonly Write[];
  private readonly nullable: boolean;

  /** `nullable`: every column may be NULL; of keys none is. */
  constructor(columns: RowSchema, nullable: boolean) {
    this.columns = columns;
    this.writes = columns.map(({ name, type }) => writerOf(type, name));
    this.nullable = nullable;
  }

  write(to: AvroBytes, batch: { readonly columns: readonly Column[] }, row: number): void {
    this.columns.forEach(({ name, type }, c) => {
      const value = valueAt(batch.columns[c]!, row, type);
      if (this.nullable) writeNullable(to, value, this.writes[c]!);
      else if (value === null) throw unwritable(name, 'NULL, in a key');
      else this.writes[c]!(to, value);
    });
  }

  /** Each row behind the frame of schema `id`. */
  rows(batch: Batch, id: number): Buffer[] {
    return Array.from({ length: batch.rows }, (_, row) =>
      framedBytes(id, (to) => this.write(to, batch, row)),
    );
  }
}

/** What `write` writes, behind a zero byte and the id of its schema. */
export function framedBytes(id: number, write: (to: AvroBytes) => void): Buffer {
  const head = Buffer.alloc(5);
  head.writeInt32BE(id, 1);
  const to = new AvroBytes();
  to.raw(head);
  write(to);
  return Buffer.from(to.finish());
}

function writeNullable(to: AvroBytes, value: Value, write: Write): void {
  if (value === null) return to.int(0);
  to.int(1);
  write(to, value);
}

/** `name`: of the column, for an error. */
function writerOf(type: SqlType, name: string): Write {
  switch (type.kind) {
    case 'boolean':
      return (to, value) => to.byte(value === true ? 1 : 0);
    case 'smallint':
    case 'integer':
      return (to, value) => to.int(value as number);
    case 'date':
      return (to, value) => {
        if (isInfiniteDate(value as number)) throw unwritable(name, 'infinity');
        to.int(value as number);
      };
    case 'bigint':
    case 'time':
      return (to, value) => to.long(value as bigint);
    case 'timestamp':
    case 'timestamptz':
      return (to, value) => {
        if (isInfiniteTimestamp(value as bigint)) throw unwritable(name, 'infinity');
        to.long(value as bigint);
      };
    case 'real':
      return (to, value) => to.float(value as number);
    case 'double':
      return (to, value) => to.double(value as number);
    case 'bytea':
      return (to, value) => to.sized(value as Uint8Array);
    case 'numeric':
      return type.precision === undefined || (type.scale ?? 0) < 0 || (type.scale ?? 0) > type.precision
        ? textWriter(type)
        : decimalWriter(type.scale ?? 0, name);
    case 'array': {
      const item = writerOf(type.element, name);
      return (to, value) => {
        const items = decodeArray(value as TreeValue, type);
        if (items.length > 0) to.int(items.length);
        for (const one of items) writeNullable(to, one, item);
        to.byte(0);
      };
    }
    case 'row': {
      const fields = type.fields.map((field) => writerOf(field.type, `${name}.${field.name}`));
      return (to, value) => {
        for (const [i, one] of decodeRow(value as TreeValue, type).entries())
          writeNullable(to, one, fields[i]!);
      };
    }
    default:
      return textWriter(type);
  }
}

function textWriter(type: SqlType): Write {
  return (to, value) => to.sized(encoder.encode(valueToText(value, type)));
}

/** The unscaled number in as few bytes of two's complement as hold it, the highest first. */
function decimalWriter(scale: number, name: string): Write {
  return (to, value) => {
    const { unscaled, scale: own } = value as NumericValue;
    if (own < 0) throw unwritable(name, 'NaN or infinity');
    const number = own <= scale ? unscaled * powerOfTen(scale - own) : unscaled / powerOfTen(own - scale);
    const magnitude = number < 0n ? -number - 1n : number;
    const size = Math.floor(magnitude.toString(2).length / 8) + 1;
    const hex = BigInt.asUintN(8 * size, number)
      .toString(16)
      .padStart(2 * size, '0');
    to.sized(Buffer.from(hex, 'hex'));
  };
}

function unwritable(column: string, what: string): MillraceError {
  return new MillraceError({
    code: 'SINK_VALUE',
    message: `column "${column}" holds ${what}, which Avro has no value for`,
    hint: 'DROP the sink, and create it from a query that filters such rows, or casts the column to text',
  });
}
