// Output columns in generated code: the arrays that a kernel writes, and the statements that put a slot into row `o`.

import type { NumericColumn } from '../../data/column.ts';
import { NUMERIC_WIDE } from '../../data/column.ts';
import { result } from '../../data/registers.ts';
import type { Layout } from '../../data/types.ts';
import { buffer, keep } from '../runtime/arena.ts';
import type { Slot } from './code.ts';
import { NEVER_NULL } from './code.ts';
import { arraysOf } from './columns.ts';
import type { CodeWriter } from './writer.ts';

/** Beyond 64 bits. Rare, so it is kept out of the loop's own code. */
function storeWide(column: NumericColumn, row: number, unscaled: bigint, scale: number): void {
  column.scale[row] = scale | NUMERIC_WIDE;
  column.wide ??= [];
  column.wide[row] = unscaled;
}

export class OutputColumn {
  readonly #index: number;
  readonly #layout: Layout;
  /** Statements behind the loop. */
  readonly epilogue: string[] = [];
  /** Rows that fail stay in place as NULL, so the null bytes are always written. */
  readonly #nullOnFailure: boolean;
  #nullable = false;

  constructor(index: number, layout: Layout, nullOnFailure: boolean) {
    this.#index = index;
    this.#layout = layout;
    this.#nullOnFailure = nullOnFailure;
  }

  prologue(): readonly string[] {
    const name = `r${this.#index}`;
    const arrays = arraysOf(name, this.#layout).filter(([, field]) => field !== 'wide' && field !== 'bytes');
    const lines = [
      `const ${arrays.map(([array, field]) => `${array} = output[${this.#index}].${field}`).join(', ')};`,
    ];
    if (this.#layout === 'numeric') lines.push(`output[${this.#index}].wide = null;`);
    if (this.#nullable) lines.push(`const ${name}n = nulls[${this.#index}]; let ${name}h = false;`);
    return lines;
  }

  store(writer: CodeWriter, slot: Slot): void {
    this.storeNull(writer, slot.isNull);
    const r = `r${this.#index}`;
    const [first, second, third] = slot.parts as [string, string, string];
    switch (this.#layout) {
      case 'bool':
        writer.line(`${r}[o] = ${first} ? 1 : 0;`);
        return;
      case 'i32':
      case 'f64':
        writer.line(`${r}[o] = ${first};`);
        return;
      case 'i64':
        writer.line(`${r}[o] = BigInt.asIntN(64, ${first});`);
        return;
      case 'numeric':
        writer.line(
          `if (BigInt.asIntN(64, ${first}) === ${first}) { ${r}[o] = ${first}; ${r}s[o] = ${second}; }`,
        );
        writer.line(`else ${writer.use(storeWide)}(output[${this.#index}], o, ${first}, ${second});`);
        return;
      case 'text':
        this.#storeText(writer, slot);
        return;
      case 'interval':
        writer.line(`${r}m[o] = ${first}; ${r}d[o] = ${second}; ${r}[o] = ${third};`);
        return;
    }
  }

  storeNull(writer: CodeWriter, isNull: string): void {
    const r = `r${this.#index}`;
    if (isNull === NEVER_NULL && !this.#nullOnFailure) {
      this.epilogue.push(`output[${this.#index}].nulls = null;`);
      return;
    }
    this.#nullable = true;
    writer.line(`if (${isNull}) { ${r}n[o] = 1; ${r}h = true; } else ${r}n[o] = 0;`);
    this.epilogue.push(`output[${this.#index}].nulls = ${r}h ? ${r}n : null;`);
  }

  #storeText(writer: CodeWriter, slot: Slot): void {
    const r = `r${this.#index}`;
    const [bytes, start, end] = slot.parts as [string, string, string];
    if (slot.stable === true) {
      writer.line(`${r}s[o] = ${start}; ${r}e[o] = ${end};`);
      this.epilogue.push(`output[${this.#index}].bytes = ${bytes};`);
      return;
    }
    const kept = `${writer.use(keep)}(${bytes}, ${start}, ${end})`;
    const put = `${r}s[o] = ${kept}; ${r}e[o] = ${writer.use(result)}.end;`;
    // What a NULL left in its parts is not to be kept.
    if (slot.isNull === NEVER_NULL) writer.line(put);
    else writer.line(`if (${slot.isNull}) { ${r}s[o] = 0; ${r}e[o] = 0; } else { ${put} }`);
    this.epilogue.push(`output[${this.#index}].bytes = ${writer.use(buffer)}();`);
  }

  /** A failed row counts as NULL. */
  storeFailure(): string {
    return `r${this.#index}n[o] = 1; r${this.#index}h = true;`;
  }
}
