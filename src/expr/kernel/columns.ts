// Input columns in generated code: which arrays a kernel reads, hoisted out of its loop, and one row's value as a slot.

import { NUMERIC_WIDE } from '../../data/column.ts';
import type { RowSchema } from '../../data/types.ts';
import { layoutOf } from '../../data/types.ts';
import type { Slot } from './code.ts';
import { NEVER_NULL } from './code.ts';
import type { CodeWriter } from './writer.ts';

export class InputColumns {
  readonly #schema: RowSchema;
  readonly #noNulls: boolean;
  readonly #used = new Set<number>();

  /** `noNulls`: this kernel runs only on batches without any NULL. */
  constructor(schema: RowSchema, noNulls: boolean) {
    this.#schema = schema;
    this.#noNulls = noNulls;
  }

  nullable(index: number): boolean {
    return this.#schema[index]!.nullable && !this.#noNulls;
  }

  use(index: number): string {
    this.#used.add(index);
    return `c${index}`;
  }

  /** The value of row `i`. */
  load(writer: CodeWriter, index: number): Slot {
    const c = this.use(index);
    const layout = layoutOf(this.#schema[index]!.type);
    const read = (expression: string): string => {
      const name = writer.name();
      writer.line(`const ${name} = ${expression};`);
      return name;
    };
    const isNull = this.nullable(index) ? read(`${c}n !== null && ${c}n[i] === 1`) : NEVER_NULL;
    switch (layout) {
      case 'bool':
        return { layout, isNull, parts: [read(`${c}[i] === 1`)] };
      case 'i32':
      case 'f64':
      case 'i64':
        return { layout, isNull, parts: [read(`${c}[i]`)] };
      case 'numeric': {
        const coded = read(`${c}s[i]`);
        const unscaled = read(`${coded} < ${NUMERIC_WIDE} ? ${c}[i] : ${c}w[i]`);
        return {
          layout,
          isNull,
          parts: [unscaled, read(`${coded} < 0 ? ${coded} : ${coded} & ${NUMERIC_WIDE - 1}`)],
        };
      }
      case 'text':
        return { layout, isNull, parts: [`${c}b`, read(`${c}s[i]`), read(`${c}e[i]`)], stable: true };
      case 'interval':
        return { layout, isNull, parts: [read(`${c}m[i]`), read(`${c}d[i]`), read(`${c}[i]`)] };
    }
  }

  /** Declarations in front of the loop. */
  prologue(): readonly string[] {
    return [...this.#used]
      .sort((a, b) => a - b)
      .map((index) => {
        const arrays = arraysOf(`c${index}`, layoutOf(this.#schema[index]!.type));
        const nulls = this.nullable(index) ? [`c${index}n = input[${index}].nulls`] : [];
        return `const ${[...arrays.map(([name, field]) => `${name} = input[${index}].${field}`), ...nulls].join(', ')};`;
      });
  }
}

/** The variables for the arrays of a column, and which field of the column each is. */
export function arraysOf(name: string, layout: Slot['layout']): readonly (readonly [string, string])[] {
  switch (layout) {
    case 'numeric':
      return [
        [name, 'unscaled'],
        [`${name}s`, 'scale'],
        [`${name}w`, 'wide'],
      ];
    case 'text':
      return [
        [`${name}b`, 'bytes'],
        [`${name}s`, 'start'],
        [`${name}e`, 'end'],
      ];
    case 'interval':
      return [
        [name, 'micros'],
        [`${name}m`, 'months'],
        [`${name}d`, 'days'],
      ];
    default:
      return [[name, 'values']];
  }
}
