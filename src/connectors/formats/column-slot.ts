// Where a decoder puts the values of one declared column: the raw typed arrays of an output column, or, for a column that is
// only checked, arrays of one row. One shape for all types, so that code which takes a slot stays monomorphic.

import type { Column } from '../../data/column.ts';
import { columnCapacity, newColumn } from '../../data/column.ts';
import type { SqlType } from '../../data/types.ts';
import { layoutOf } from '../../data/types.ts';
import type { TextArena } from './text-arena.ts';

export interface DeclaredColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly notNull: boolean;
}

const NONE_8 = new Uint8Array(0);
const NONE_16 = new Int16Array(0);
const NONE_32 = new Int32Array(0);
const NONE_64 = new Float64Array(0);

export class ColumnSlot {
  readonly name: string;
  readonly type: SqlType;
  readonly notNull: boolean;
  readonly projected: boolean;
  readonly arena: TextArena;
  column: Column;
  /** Kept all zero between batches, so that rows with a value need no write. */
  nulls: Uint8Array = NONE_8;
  sawNull = false;
  /** Some text of this batch was unescaped: its slices lie behind the records in the arena's address space. */
  usesArena = false;
  bool: Uint8Array = NONE_8;
  i32: Int32Array = NONE_32;
  f64: Float64Array = NONE_64;
  /** 64-bit integers as pairs of words, low word first: writing two words costs a tenth of making a BigInt. */
  words: Int32Array = NONE_32;
  scale: Int16Array = NONE_16;
  start: Int32Array = NONE_32;
  end: Int32Array = NONE_32;
  days: Int32Array = NONE_32;

  constructor(declared: DeclaredColumn, projected: boolean, arena: TextArena) {
    this.name = declared.name;
    this.type = declared.type;
    this.notNull = declared.notNull;
    this.projected = projected;
    this.arena = arena;
    this.column = newColumn(layoutOf(declared.type), 1, false);
    this.attach(this.column);
  }

  /** Values go to `column` from now on. */
  attach(column: Column): void {
    this.column = column;
    this.usesArena = false;
    const capacity = columnCapacity(column);
    if (this.nulls.length < capacity) this.nulls = new Uint8Array(capacity);
    else if (this.sawNull) this.nulls.fill(0);
    this.sawNull = false;
    switch (column.layout) {
      case 'bool':
        this.bool = column.values;
        break;
      case 'i32':
        this.i32 = column.values;
        break;
      case 'f64':
        this.f64 = column.values;
        break;
      case 'i64':
        this.words = wordsOf(column.values);
        break;
      case 'numeric':
        this.words = wordsOf(column.unscaled);
        this.scale = column.scale;
        column.wide = null;
        break;
      case 'text':
        this.start = column.start;
        this.end = column.end;
        break;
      case 'interval':
        this.i32 = column.months;
        this.days = column.days;
        this.words = wordsOf(column.micros);
        break;
    }
  }

  setNull(row: number): void {
    this.nulls[row] = 1;
    this.sawNull = true;
    if (this.column.layout === 'text') this.start[row] = this.end[row] = this.arena.base;
    // What an earlier batch left here may say that its digits lie elsewhere.
    if (this.column.layout === 'numeric') this.scale[row] = 0;
  }

  /** A value that is in no record as it is. */
  putBytes(row: number, bytes: Uint8Array): void {
    this.start[row] = this.arena.position;
    this.end[row] = this.arena.put(bytes);
    this.usesArena = true;
  }

  /** The batch is complete: the column gets its null bytes, if there is a NULL at all. */
  seal(): void {
    this.column.nulls = this.sawNull ? this.nulls : null;
  }
}

function wordsOf(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}
