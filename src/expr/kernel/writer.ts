// Writes generated JavaScript: fresh names, bound constants, indented lines, and which values are already computed in the
// blocks around the present place.

import { result as registers } from '../../data/registers.ts';
import type { Layout } from '../../data/types.ts';
import type { Code, Slot } from './code.ts';
import { NEVER_NULL } from './code.ts';

const NO_BYTES = new Uint8Array(0);

export class CodeWriter implements Code {
  readonly #lines: string[] = [];
  readonly #constants = new Map<unknown, string>();
  readonly #scopes: Map<number, Slot>[] = [new Map()];
  #names = 0;
  #depth = 0;

  /** The name tells what a constant is, as far as it is a function of ours; the value itself is never written out. */
  use(value: unknown): string {
    const known = this.#constants.get(value);
    if (known !== undefined) return known;
    const suffix = typeof value === 'function' ? `_${value.name.replaceAll(/\W/g, '')}` : '';
    const identifier = `k${this.#constants.size}${suffix}`;
    this.#constants.set(value, identifier);
    return identifier;
  }

  line(text: string): void {
    this.#lines.push('  '.repeat(this.#depth) + text);
  }

  name(): string {
    return `v${this.#names++}`;
  }

  block(head: string, body: () => void): void {
    this.line(`${head} {`);
    this.#depth++;
    this.#scopes.push(new Map());
    body();
    this.#scopes.pop();
    this.#depth--;
    this.line('}');
  }

  variable(layout: Layout, nullable: boolean): Slot {
    const parts = this.zeros(layout).map((zero) => {
      const name = this.name();
      this.line(`let ${name} = ${zero};`);
      return name;
    });
    if (!nullable) return { layout, parts, isNull: NEVER_NULL };
    const isNull = this.name();
    this.line(`let ${isNull} = true;`);
    return { layout, parts, isNull };
  }

  assign(target: Slot, source: Slot): void {
    target.parts.forEach((part, i) => {
      if (part !== source.parts[i]) this.line(`${part} = ${source.parts[i]!};`);
    });
    if (target.isNull !== NEVER_NULL) this.line(`${target.isNull} = ${source.isNull};`);
  }

  register(field: keyof typeof registers): string {
    const name = this.name();
    this.line(`const ${name} = ${this.use(registers)}.${field};`);
    return name;
  }

  result(layout: Layout, call: string): Slot {
    const value = this.name();
    this.line(`const ${value} = ${call};`);
    return { layout, parts: this.#parts(layout, value), isNull: NEVER_NULL };
  }

  #parts(layout: Layout, value: string): string[] {
    switch (layout) {
      case 'numeric':
        return [value, this.register('scale')];
      case 'text':
        return [this.register('bytes'), value, this.register('end')];
      case 'interval':
        return [this.register('months'), this.register('days'), value];
      default:
        return [value];
    }
  }

  /** The parts of a slot that holds nothing yet. */
  zeros(layout: Layout): readonly string[] {
    switch (layout) {
      case 'bool':
        return ['false'];
      case 'i32':
      case 'f64':
        return ['0'];
      case 'i64':
        return ['0n'];
      case 'numeric':
        return ['0n', '0'];
      case 'text':
        return [this.use(NO_BYTES), '0', '0'];
      case 'interval':
        return ['0', '0', '0n'];
    }
  }

  /** The slot of an expression that was computed in this block or one around it. */
  computed(expression: number): Slot | undefined {
    for (const scope of this.#scopes) {
      const slot = scope.get(expression);
      if (slot !== undefined) return slot;
    }
    return undefined;
  }

  remember(expression: number, slot: Slot): void {
    this.#scopes.at(-1)!.set(expression, slot);
  }

  get text(): string {
    return this.#lines.join('\n');
  }

  /** Identifiers and values, in the same order. */
  get constants(): { readonly names: readonly string[]; readonly values: readonly unknown[] } {
    return { names: [...this.#constants.values()], values: [...this.#constants.keys()] };
  }
}
