// A jsonpath over a document. After src/backend/utils/adt/jsonpath_exec.c.
//
// `found` collects what a path gives; without it only whether it gives anything is asked, and the search ends at the first.
// An error is thrown where errors are wanted, and otherwise ends the search; in conditions it makes them unknown.

import { fail, RowFailure } from '../../../data/failure.ts';
import { addNumeric, divideNumeric, multiplyNumeric, negateNumeric, remainderNumeric, subtractNumeric } from '../../../data/numeric.ts'; // prettier-ignore
import { result } from '../../../data/registers.ts';
import type { JsonNumber, JsonObject, JsonValue } from '../../../data/tree/json.ts';
import { isJsonArray, isJsonObject } from '../../../data/tree/json.ts';
import { compareItems, kindOf } from './compare.ts';
import { applyMethod, toDecimal } from './methods.ts';
import type { ArithmeticOp, Condition, JsonPath, Method, PathNode } from './node.ts';
import { Subscripts } from './subscripts.ts';

export type Outcome = 'ok' | 'nothing' | 'error';
type Found = JsonValue[] | null;
/** null is unknown. */
type Truth = boolean | null;

const ARITHMETIC = {
  '+': addNumeric,
  '-': subtractNumeric,
  '*': multiplyNumeric,
  '/': divideNumeric,
  '%': remainderNumeric,
} as const;

/** What comes after it changes nothing: an error, or the one thing that was asked, whether there is any. */
function isSettled(outcome: Outcome, found: Found): boolean {
  return outcome === 'error' || (outcome === 'ok' && found === null);
}

export class PathRun {
  readonly #lax: boolean;
  readonly #path: PathNode;
  readonly #root: JsonValue;
  readonly #variables: JsonObject;
  #current: JsonValue;
  #throws: boolean;
  #ignoresStructure: boolean;
  readonly #subscripts = new Subscripts();

  /** `variables`: undefined where there are none. */
  constructor(
    { lax, root }: JsonPath,
    document: JsonValue,
    variables: JsonValue | undefined,
    throws: boolean,
  ) {
    if (variables !== undefined && !isJsonObject(variables))
      fail('22023', '"vars" argument is not an object');
    this.#lax = lax;
    this.#path = root;
    this.#root = document;
    this.#variables = variables ?? new Map<string, JsonValue>();
    this.#current = document;
    this.#throws = throws;
    this.#ignoresStructure = lax;
  }

  /** All that the path gives, up to an error that is not thrown. */
  collect(): readonly JsonValue[] {
    const found: JsonValue[] = [];
    this.#item(this.#path, this.#root, found);
    return found;
  }

  exists(): Outcome {
    if (this.#lax) return this.#item(this.#path, this.#root, null);
    const found: JsonValue[] = [];
    if (this.#item(this.#path, this.#root, found) === 'error') return 'error';
    return found.length === 0 ? 'nothing' : 'ok';
  }

  #error(sqlstate: string, message: string): Outcome {
    if (this.#throws) fail(sqlstate, message);
    return 'error';
  }

  #structural(sqlstate: string, message: string): Outcome {
    return this.#ignoresStructure ? 'nothing' : this.#error(sqlstate, message);
  }

  #item(node: PathNode, value: JsonValue, found: Found): Outcome {
    return this.#unwrapping(node, value, found, this.#lax);
  }

  #next(node: PathNode, value: JsonValue, found: Found): Outcome {
    return this.#onward(node.next, value, found);
  }

  #onward(next: PathNode | undefined, value: JsonValue, found: Found): Outcome {
    if (next !== undefined) return this.#item(next, value, found);
    found?.push(value);
    return 'ok';
  }

  /** Items of an array stand for it, where `unwrap` and the step is not for arrays. */
  #unwrapping(node: PathNode, value: JsonValue, found: Found, unwrap: boolean): Outcome {
    switch (node.kind) {
      case 'constant':
        return this.#next(node, node.value, found);
      case 'variable':
        return this.#next(node, this.#variable(node.name), found);
      case 'root':
        return this.#next(node, this.#root, found);
      case 'current':
        return this.#next(node, this.#current, found);
      case 'last':
        return this.#next(node, this.#subscripts.last(), found);
      case 'key':
        return this.#key(node, value, found, unwrap);
      case 'anyKey':
        return this.#anyKey(node, value, found, unwrap);
      case 'anyItem':
        return this.#anyItem(node, value, found);
      case 'index':
        return this.#index(node, value, found);
      case 'anyLevel':
        return this.#anyLevel(node, value, found);
      case 'filter':
        if (unwrap && isJsonArray(value)) return this.#each(node, value, found, false);
        return this.#nested(node.condition, value) === true ? this.#next(node, value, found) : 'nothing';
      case 'method':
      case 'decimal':
        return this.#method(node, value, found, unwrap);
      case 'arithmetic':
        return this.#arithmetic(node, value, found);
      case 'signed':
        return this.#signed(node, value, found);
      default: {
        const truth = this.#condition(node, value);
        return node.next === undefined && found === null ? 'ok' : this.#next(node, truth, found);
      }
    }
  }

  #variable(name: string): JsonValue {
    const value = this.#variables.get(name);
    return value === undefined ? fail('42704', `could not find jsonpath variable "${name}"`) : value;
  }

  /** A step over every item of an array, or every member of an object. */
  #each(
    step: PathNode | undefined,
    container: readonly JsonValue[] | JsonObject,
    found: Found,
    unwrap: boolean,
  ): Outcome {
    let outcome: Outcome = 'nothing';
    for (const item of container.values()) {
      if (step !== undefined) outcome = this.#unwrapping(step, item, found, unwrap);
      else if (found === null) return 'ok';
      else found.push(item);
      if (isSettled(outcome, found)) break;
    }
    return outcome;
  }

  #key(
    node: PathNode & { kind: 'key' | 'variable' },
    value: JsonValue,
    found: Found,
    unwrap: boolean,
  ): Outcome {
    if (isJsonObject(value)) {
      const member = value.get(node.name);
      if (member !== undefined) return this.#next(node, member, found);
      return this.#structural('2203A', `JSON object does not contain key "${node.name}"`);
    }
    if (unwrap && isJsonArray(value)) return this.#each(node, value, found, false);
    return this.#structural('2203A', 'jsonpath member accessor can only be applied to an object');
  }

  #anyKey(node: PathNode, value: JsonValue, found: Found, unwrap: boolean): Outcome {
    if (isJsonObject(value)) return this.#each(node.next, value, found, this.#lax);
    if (unwrap && isJsonArray(value)) return this.#each(node, value, found, false);
    return this.#structural('2203C', 'jsonpath wildcard member accessor can only be applied to an object');
  }

  #anyItem(node: PathNode, value: JsonValue, found: Found): Outcome {
    if (isJsonArray(value)) return this.#each(node.next, value, found, this.#lax);
    if (this.#lax) return this.#next(node, value, found);
    return this.#structural('22039', 'jsonpath wildcard array accessor can only be applied to an array');
  }

  #index(node: PathNode & { kind: 'index' }, value: JsonValue, found: Found): Outcome {
    if (!isJsonArray(value) && !this.#lax)
      return this.#structural('22039', 'jsonpath array accessor can only be applied to an array');
    const items = isJsonArray(value) ? value : [value];
    return this.#subscripts.within(items.length, () => {
      let outcome: Outcome = 'nothing';
      for (const range of node.ranges) {
        const from = this.#subscript(range.from, value);
        const to = from === 'error' || range.to === undefined ? from : this.#subscript(range.to, value);
        if (from === 'error' || to === 'error') return 'error';
        if (!this.#ignoresStructure && (from < 0 || from > to || to >= items.length))
          return this.#error('22033', 'jsonpath array subscript is out of bounds');
        outcome = 'nothing';
        for (const item of items.slice(Math.max(from, 0), Math.max(to + 1, 0))) {
          outcome = this.#next(node, item, found);
          if (isSettled(outcome, found)) return outcome;
        }
      }
      return outcome;
    });
  }

  #subscript(node: PathNode, value: JsonValue): number | 'error' {
    const found: JsonValue[] = [];
    if (this.#item(node, value, found) === 'error') return 'error';
    const [index] = found;
    if (found.length !== 1 || kindOf(index!) !== 'number')
      return this.#error('22033', 'jsonpath array subscript is not a single numeric value') as 'error';
    const place = this.#subscripts.place(index as JsonNumber);
    return place ?? (this.#error('22033', 'jsonpath array subscript is out of integer range') as 'error');
  }

  /** Below errors of structure are passed over, in strict mode too. */
  #anyLevel(node: PathNode & { kind: 'anyLevel' }, value: JsonValue, found: Found): Outcome {
    const saved = this.#ignoresStructure;
    this.#ignoresStructure = true;
    try {
      const outcome = node.first === 0 ? this.#next(node, value, found) : 'nothing';
      if (outcome === 'ok' && found === null) return outcome;
      const isContainer = isJsonArray(value) || isJsonObject(value);
      return isContainer ? this.#below(node, value, found, 1) : outcome;
    } finally {
      this.#ignoresStructure = saved;
    }
  }

  #below(
    node: PathNode & { kind: 'anyLevel' },
    container: readonly JsonValue[] | JsonObject,
    found: Found,
    level: number,
  ): Outcome {
    let outcome: Outcome = 'nothing';
    if (level > node.last) return outcome;
    for (const item of container.values()) {
      const isContainer = isJsonArray(item) || isJsonObject(item);
      const leaves = node.first === Infinity && node.last === Infinity && !isContainer;
      if (level >= node.first || leaves) outcome = this.#onward(node.next, item, found);
      if (isSettled(outcome, found)) return outcome;
      if (level < node.last && isContainer) outcome = this.#below(node, item, found, level + 1);
      if (isSettled(outcome, found)) return outcome;
    }
    return outcome;
  }

  #method(
    node: PathNode & { kind: 'method' | 'decimal' },
    value: JsonValue,
    found: Found,
    unwrap: boolean,
  ): Outcome {
    const isOfAny = node.kind === 'method' && (node.name === 'type' || node.name === 'size');
    if (isOfAny) return this.#ofAny(node, node.name, value, found);
    if (unwrap && isJsonArray(value)) return this.#each(node, value, found, false);
    let made: JsonValue;
    try {
      made =
        node.kind === 'decimal'
          ? toDecimal(value, node.precision, node.scale)
          : applyMethod(node.name as Exclude<Method, 'type' | 'size'>, value);
    } catch (error) {
      if (!(error instanceof RowFailure) || this.#throws || error.sqlstate !== '22036') throw error;
      return 'error';
    }
    return this.#next(node, made, found);
  }

  #ofAny(node: PathNode, name: string, value: JsonValue, found: Found): Outcome {
    if (name === 'type') return this.#next(node, kindOf(value), found);
    if (!isJsonArray(value) && !this.#lax)
      return this.#structural('22039', 'jsonpath item method .size() can only be applied to an array');
    const size = isJsonArray(value) ? value.length : 1;
    return this.#next(node, { unscaled: BigInt(size), scale: 0 }, found);
  }

  /** What a path gives, items of arrays in their place in lax mode; undefined for an error. */
  #operand(node: PathNode, value: JsonValue, unwrap: boolean): JsonValue[] | undefined {
    const found: JsonValue[] = [];
    if (this.#item(node, value, found) === 'error') return undefined;
    return unwrap && this.#lax ? found.flatMap((item) => (isJsonArray(item) ? item : [item])) : found;
  }

  #arithmetic(node: PathNode & { kind: 'arithmetic' }, value: JsonValue, found: Found): Outcome {
    const left = this.#operand(node.left, value, true);
    const right = left === undefined ? undefined : this.#operand(node.right, value, true);
    if (left === undefined || right === undefined) return 'error';
    const a = singleNumber(left);
    const b = singleNumber(right);
    if (a === undefined || b === undefined) {
      const side = a === undefined ? 'left' : 'right';
      const message = `${side} operand of jsonpath operator ${node.op} is not a single numeric value`;
      return this.#error('22038', message);
    }
    const made = this.#compute(node.op, a, b);
    return made === undefined ? 'error' : this.#next(node, made, found);
  }

  #compute(op: ArithmeticOp, a: JsonNumber, b: JsonNumber): JsonNumber | undefined {
    try {
      const unscaled = ARITHMETIC[op](a.unscaled, a.scale, b.unscaled, b.scale);
      return { unscaled, scale: result.scale };
    } catch (error) {
      if (!(error instanceof RowFailure) || this.#throws) throw error;
      return undefined;
    }
  }

  #signed(node: PathNode & { kind: 'signed' }, value: JsonValue, found: Found): Outcome {
    const operand = this.#operand(node.operand, value, true);
    if (operand === undefined) return 'error';
    const ends = found === null && node.next === undefined;
    let outcome: Outcome = 'nothing';
    for (const item of operand) {
      const isNumber = kindOf(item) === 'number';
      if (ends && isNumber) return 'ok';
      if (ends) continue;
      if (!isNumber)
        return this.#error('2203B', `operand of unary jsonpath operator ${node.op} is not a numeric value`);
      const step = this.#next(node, node.op === '-' ? negated(item as JsonNumber) : item, found);
      if (isSettled(step, found)) return step;
      if (step === 'ok') outcome = step;
    }
    return outcome;
  }

  #nested(node: PathNode, value: JsonValue): Truth {
    const saved = this.#current;
    this.#current = value;
    const truth = this.#condition(node as Condition, value);
    this.#current = saved;
    return truth;
  }

  #condition(node: Condition, value: JsonValue): Truth {
    switch (node.kind) {
      case 'and':
      case 'or': {
        const decisive = node.kind === 'or';
        const left = this.#condition(node.left as Condition, value);
        if (left === decisive) return decisive;
        const right = this.#condition(node.right as Condition, value);
        return right === !decisive ? left : right;
      }
      case 'not': {
        const truth = this.#condition(node.operand as Condition, value);
        return truth === null ? null : !truth;
      }
      case 'isUnknown':
        return this.#condition(node.operand as Condition, value) === null;
      case 'exists':
        return this.#quietly(() => this.#existsHere(node.operand, value));
      case 'compare':
        return this.#pairs(node.left, node.right, value, true, (a, b) => compareItems(node.op, a, b));
      case 'startsWith':
        return this.#pairs(node.left, node.right, value, false, (a, b) =>
          typeof a === 'string' && typeof b === 'string' ? a.startsWith(b) : null,
        );
      case 'likeRegex':
        return this.#pairs(node.left, undefined, value, false, (text) => {
          if (typeof text !== 'string') return null;
          node.matcher.lastIndex = 0;
          return node.matcher.test(text);
        });
    }
  }

  /** Errors inside make a condition unknown, whatever happens to others. */
  #quietly<T>(run: () => T): T {
    const saved = this.#throws;
    this.#throws = false;
    try {
      return run();
    } finally {
      this.#throws = saved;
    }
  }

  #existsHere(node: PathNode, value: JsonValue): Truth {
    const found: Found = this.#lax ? null : [];
    const outcome = this.#item(node, value, found);
    if (outcome === 'error') return null;
    return found === null ? outcome === 'ok' : found.length > 0;
  }

  /** Of all pairs: in lax mode the first that is true decides, in strict mode the first that is unknown. */
  #pairs(
    left: PathNode,
    right: PathNode | undefined,
    value: JsonValue,
    unwrapRight: boolean,
    test: (a: JsonValue, b: JsonValue) => Truth,
  ): Truth {
    const firsts = this.#quietly(() => this.#operand(left, value, true));
    if (firsts === undefined) return null;
    const seconds =
      right === undefined ? [null] : this.#quietly(() => this.#operand(right, value, unwrapRight));
    if (seconds === undefined) return null;
    let [isTrue, isUnknown] = [false, false];
    for (const a of firsts)
      for (const b of seconds) {
        const truth = test(a, b);
        if (truth === null && !this.#lax) return null;
        if (truth === true && this.#lax) return true;
        isTrue ||= truth === true;
        isUnknown ||= truth === null;
      }
    return isTrue ? true : isUnknown ? null : false;
  }
}

function singleNumber(found: readonly JsonValue[]): JsonNumber | undefined {
  return found.length === 1 && kindOf(found[0]!) === 'number' ? (found[0] as JsonNumber) : undefined;
}

function negated({ unscaled, scale }: JsonNumber): JsonNumber {
  const negative = negateNumeric(unscaled, scale);
  return { unscaled: negative, scale: result.scale };
}
