// One bound expression into code: statements that compute it for row `i`, and the slot that holds it. Arms of CASE, COALESCE,
// AND and OR are computed only when reached, so that what guards a failure does guard it.

import { constrainNumeric } from '../../data/numeric.ts';
import type { Layout, SqlType } from '../../data/types.ts';
import { layoutOf, sameUnconstrained } from '../../data/types.ts';
import type { BoundExpr, CallExpr, CaseExpr, CastExpr, CoalesceExpr, LogicExpr } from '../bound.ts';
import { findCast } from '../functions/casts.ts';
import { leftPart } from '../runtime/text.ts';
import { functionByKey } from '../functions/table.ts';
import { anyNull, NEVER_NULL } from './code.ts';
import type { Slot } from './code.ts';
import type { InputColumns } from './columns.ts';
import { ExpressionIdentity } from './identity.ts';
import { literalSlot } from './literals.ts';
import type { CodeWriter } from './writer.ts';

interface StrictResult {
  readonly layout: Layout;
  readonly scale: number | undefined;
  readonly sliceOf: number | undefined;
  readonly nullResult: boolean;
}

export class Emitter {
  readonly #writer: CodeWriter;
  readonly #columns: InputColumns;
  readonly #identity = new ExpressionIdentity();

  constructor(writer: CodeWriter, columns: InputColumns) {
    this.#writer = writer;
    this.#columns = columns;
  }

  emit(expr: BoundExpr): Slot {
    const id = this.#identity.of(expr);
    const known = this.#writer.computed(id);
    if (known !== undefined) return known;
    const slot = this.#compute(expr);
    this.#writer.remember(id, slot);
    return slot;
  }

  #compute(expr: BoundExpr): Slot {
    switch (expr.kind) {
      case 'column':
        return this.#columns.load(this.#writer, expr.index);
      case 'literal':
        return literalSlot(this.#writer, expr.value, expr.type);
      case 'call':
        return this.#call(expr);
      case 'cast':
        return this.#cast(expr);
      case 'and':
      case 'or':
        return this.#logic(expr);
      case 'not': {
        const arg = this.emit(expr.arg);
        return { ...this.#named(`!${arg.parts[0]!}`), isNull: arg.isNull };
      }
      case 'isNull': {
        const { isNull } = this.emit(expr.arg);
        return this.#named(expr.negated ? `!${isNull}` : isNull);
      }
      case 'case':
        return this.#case(expr);
      case 'coalesce':
        return this.#coalesce(expr);
    }
  }

  /** A condition as a slot of its own name. */
  #named(condition: string): Slot {
    return this.#writer.result('bool', condition);
  }

  #call(expr: CallExpr): Slot {
    const fn = functionByKey(expr.fn);
    const args = expr.args.map((arg) => this.emit(arg));
    const types = { params: expr.args.map((arg) => arg.type), result: expr.type };
    if (fn.kind === 'special') {
      const slot = fn.emit(this.#writer, args, types);
      return slot.layout === 'bool' ? { ...this.#named(slot.parts[0]!), isNull: slot.isNull } : slot;
    }
    const layout = layoutOf(expr.type);
    const { nullResult, sliceOf } = fn;
    const result = { layout, scale: fn.scale?.(args), sliceOf, nullResult };
    return this.#strict(result, args, () => fn.code(this.#writer, args, types));
  }

  /** NULL when an argument is; otherwise what `code` computes. */
  #strict(result: StrictResult, args: readonly Slot[], code: () => string): Slot {
    const { layout, nullResult } = result;
    const isNull = anyNull(args);
    if (isNull === NEVER_NULL && !nullResult) return this.#value(result, args, code());
    const variable = this.#writer.variable(layout, true);
    const target = this.#refined(result, args, variable);
    this.#writer.block(isNull === NEVER_NULL ? '' : `if (!${isNull})`, () => {
      const value = this.#value(result, args, code());
      const nullness = nullResult ? this.#writer.register('isNull') : NEVER_NULL;
      this.#writer.assign(target, { ...value, isNull: nullness });
    });
    return target;
  }

  #value(result: StrictResult, args: readonly Slot[], call: string): Slot {
    return this.#refined(result, args, this.#writer.result(result.layout, call));
  }

  /** What is known about a result when the kernel is compiled: its scale, or whose slice it is. */
  #refined({ scale, sliceOf }: StrictResult, args: readonly Slot[], slot: Slot): Slot {
    if (scale !== undefined) return { ...slot, parts: [slot.parts[0]!, String(scale)], scale };
    if (sliceOf === undefined) return slot;
    const { parts, stable } = args[sliceOf]!;
    const sliced = { ...slot, parts: [parts[0]!, slot.parts[1]!, slot.parts[2]!] };
    return stable === true ? { ...sliced, stable } : sliced;
  }

  #cast(expr: CastExpr): Slot {
    const arg = this.emit(expr.arg);
    const same = sameUnconstrained(expr.arg.type, expr.type) && expr.type.kind !== 'array';
    const converted = same ? arg : this.#convert(arg, expr);
    return this.#constrained(converted, expr.type);
  }

  #convert(arg: Slot, expr: CastExpr): Slot {
    const cast = findCast(expr.arg.type.kind, expr.type.kind)!;
    const layout = layoutOf(expr.type);
    const { scale, sliceOf, nullResult = false } = cast;
    const types = { params: [expr.arg.type], result: expr.type };
    return this.#strict({ layout, scale, sliceOf, nullResult }, [arg], () =>
      cast.code(this.#writer, arg, types),
    );
  }

  #constrained(slot: Slot, type: SqlType): Slot {
    if (type.kind === 'varchar' && type.length !== undefined) return this.#cut(slot, type.length);
    if (type.kind !== 'numeric' || type.precision === undefined) return slot;
    const { precision, scale = 0 } = type;
    const known = slot.scale === undefined ? undefined : Math.max(scale, 0);
    const result = { layout: 'numeric' as const, scale: known, sliceOf: undefined, nullResult: false };
    const constrain = this.#writer.use(constrainNumeric);
    return this.#strict(
      result,
      [slot],
      () => `${constrain}(${slot.parts.join(', ')}, ${precision}, ${scale})`,
    );
  }

  /** An explicit cast to varchar(n) cuts. */
  #cut(slot: Slot, length: number): Slot {
    const result = { layout: 'text' as const, scale: undefined, sliceOf: 0, nullResult: false };
    const cut = this.#writer.use(leftPart);
    return this.#strict(result, [slot], () => `${cut}(${slot.parts.join(', ')}, ${length})`);
  }

  /** Runs on while the outcome is open: for AND until something is false, for OR until something is true. */
  #logic(expr: LogicExpr): Slot {
    const writer = this.#writer;
    const nullable = this.#mayBeNull(expr);
    const value = writer.name();
    const isNull = nullable ? writer.name() : NEVER_NULL;
    writer.line(`let ${value} = ${expr.kind === 'and' ? 'true' : 'false'};`);
    if (nullable) writer.line(`let ${isNull} = false;`);
    const open = expr.kind === 'and' ? value : `!${value}`;
    expr.args.forEach((arg, i) => {
      if (i === 0) this.#term(expr.kind, value, isNull, arg);
      else writer.block(`if (${open})`, () => this.#term(expr.kind, value, isNull, arg));
    });
    return { layout: 'bool', parts: [value], isNull };
  }

  #term(kind: 'and' | 'or', value: string, isNull: string, arg: BoundExpr): void {
    const writer = this.#writer;
    const term = this.emit(arg);
    const decided = kind === 'and' ? `!${term.parts[0]!}` : term.parts[0]!;
    const settle = `${value} = ${kind === 'and' ? 'false' : 'true'};${isNull === NEVER_NULL ? '' : ` ${isNull} = false;`}`;
    if (term.isNull === NEVER_NULL) writer.line(`if (${decided}) { ${settle} }`);
    else writer.line(`if (${term.isNull}) { ${isNull} = true; } else if (${decided}) { ${settle} }`);
  }

  #case(expr: CaseExpr): Slot {
    const writer = this.#writer;
    const target = writer.variable(layoutOf(expr.type), this.#mayBeNull(expr));
    const label = writer.name();
    writer.block(`${label}:`, () => {
      for (const arm of expr.arms) {
        const when = this.emit(arm.when);
        const holds = when.isNull === NEVER_NULL ? when.parts[0]! : `!${when.isNull} && ${when.parts[0]!}`;
        writer.block(`if (${holds})`, () => {
          writer.assign(target, this.emit(arm.then));
          writer.line(`break ${label};`);
        });
      }
      if (expr.otherwise !== null) writer.assign(target, this.emit(expr.otherwise));
    });
    return target;
  }

  #coalesce(expr: CoalesceExpr): Slot {
    const writer = this.#writer;
    const target = writer.variable(layoutOf(expr.type), this.#mayBeNull(expr));
    const label = writer.name();
    writer.block(`${label}:`, () => {
      for (const arg of expr.args) {
        const slot = this.emit(arg);
        if (slot.isNull === NEVER_NULL) {
          writer.assign(target, slot);
          return;
        }
        writer.block(`if (!${slot.isNull})`, () => {
          writer.assign(target, { ...slot, isNull: NEVER_NULL });
          writer.line(`break ${label};`);
        });
      }
    });
    return target;
  }

  /** The expression's own promise, over columns as this kernel meets them. */
  #mayBeNull(expr: BoundExpr): boolean {
    switch (expr.kind) {
      case 'column':
        return this.#columns.nullable(expr.index);
      case 'literal':
        return expr.value === null;
      case 'isNull':
        return false;
      case 'not':
        return this.#mayBeNull(expr.arg);
      case 'cast':
        return findCast(expr.arg.type.kind, expr.type.kind)?.nullResult === true || this.#mayBeNull(expr.arg);
      case 'and':
      case 'or':
        return expr.args.some((arg) => this.#mayBeNull(arg));
      case 'coalesce':
        return expr.args.every((arg) => this.#mayBeNull(arg));
      case 'case':
        return (
          expr.otherwise === null ||
          this.#mayBeNull(expr.otherwise) ||
          expr.arms.some((arm) => this.#mayBeNull(arm.then))
        );
      case 'call': {
        const fn = functionByKey(expr.fn);
        if (fn.kind === 'strict') return fn.nullResult || expr.args.some((arg) => this.#mayBeNull(arg));
        if (fn.nullable === 'never') return false;
        if (fn.nullable === 'sometimes') return true;
        return fn.nullable === 'all'
          ? expr.args.every((arg) => this.#mayBeNull(arg))
          : expr.args.some((arg) => this.#mayBeNull(arg));
      }
    }
  }
}
