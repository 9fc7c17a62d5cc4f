// A search whose time grows with the length of the text, whatever the pattern: a program of steps over characters, run with
// backtracking that never tries the same step at the same place twice (what failed once fails again). It finds what JavaScript's
// backtracking would. After the bit-state engine of RE2 (Russ Cox, "Regular Expression Matching in the Wild", 2010).

import { fail } from '../../data/failure.ts';
import type { RegexNode } from './regex-syntax.ts';

type Step =
  | { readonly kind: 'one'; readonly ascii: Uint8Array; readonly whole: RegExp }
  | { readonly kind: 'place'; readonly holds: (text: string, at: number) => boolean }
  | { readonly kind: 'either'; first: number; second: number }
  | { readonly kind: 'jump'; to: number }
  | { readonly kind: 'keep'; readonly slot: number }
  | { readonly kind: 'end' };

export type RegexProgram = readonly Step[];

const MOST_STEPS = 20_000;
const MOST_TRIES = 2 ** 30;

export function regexProgram(node: RegexNode): RegexProgram {
  const steps: Step[] = [];
  emit(node, steps);
  steps.push({ kind: 'end' });
  return steps;
}

function emit(node: RegexNode, steps: Step[]): void {
  if (steps.length > MOST_STEPS)
    fail('0A000', 'such a number of repetitions in a regular expression is not supported');
  switch (node.kind) {
    case 'one':
      steps.push(oneOf(node.source));
      return;
    case 'place':
      steps.push({ kind: 'place', holds: placeOf(node.source) });
      return;
    case 'sequence':
      for (const part of node.parts) emit(part, steps);
      return;
    case 'group':
      if (node.index === 0) return emit(node.inner, steps);
      steps.push({ kind: 'keep', slot: 2 * node.index });
      emit(node.inner, steps);
      steps.push({ kind: 'keep', slot: 2 * node.index + 1 });
      return;
    case 'choice':
      emitChoice(node.options, steps);
      return;
    case 'repeat':
      emitRepeat(node, steps);
  }
}

function emitChoice(options: readonly RegexNode[], steps: Step[]): void {
  const [first, ...rest] = options;
  if (rest.length === 0) return emit(first!, steps);
  const either = { kind: 'either', first: steps.length + 1, second: 0 } satisfies Step;
  const jump = { kind: 'jump', to: 0 } satisfies Step;
  steps.push(either);
  emit(first!, steps);
  steps.push(jump);
  either.second = steps.length;
  emitChoice(rest, steps);
  jump.to = steps.length;
}

function emitRepeat(node: RegexNode & { readonly kind: 'repeat' }, steps: Step[]): void {
  const { inner, least, most, lazy } = node;
  for (let i = 0; i < least; i++) emit(inner, steps);
  const exits: (() => void)[] = [];
  const loopFrom = steps.length;
  for (let i = least; i < (most === Infinity ? least + 1 : most); i++) {
    const either = { kind: 'either', first: 0, second: 0 } satisfies Step;
    const [inside, outside] = lazy ? (['second', 'first'] as const) : (['first', 'second'] as const);
    steps.push(either);
    either[inside] = steps.length;
    exits.push(() => {
      either[outside] = steps.length;
    });
    emit(inner, steps);
  }
  if (most === Infinity) steps.push({ kind: 'jump', to: loopFrom });
  for (const exit of exits) exit();
}

function oneOf(source: string): Step {
  const whole = new RegExp(`^${source}$`, 'u');
  const ascii = Uint8Array.from({ length: 128 }, (_, code) =>
    whole.test(String.fromCharCode(code)) ? 1 : 0,
  );
  return { kind: 'one', ascii, whole };
}

function placeOf(source: string): (text: string, at: number) => boolean {
  if (source === '^') return (_, at) => at === 0;
  if (source === '$') return (text, at) => at === text.length;
  const form = new RegExp(source, 'uy');
  return (text, at) => {
    form.lastIndex = at;
    return form.test(text);
  };
}

/** The matches of a program in one text, from left to right. */
export class RegexSearch {
  private readonly program: RegexProgram;
  private readonly text: string;
  private readonly slots: Int32Array;
  /** Bit (step, place): it was tried, and failed or is being tried. */
  private readonly tried: Uint32Array;
  /** What is being tried, as such bits. */
  private readonly path = new Ints();
  /** What is left to try: a step, a place and a length of the path; or ~slot, what it held, 0. */
  private readonly open = new Ints();

  constructor(program: RegexProgram, groups: number, text: string) {
    const tries = program.length * (text.length + 1);
    if (tries > MOST_TRIES) fail('54000', 'the text is too long for such a regular expression');
    this.program = program;
    this.text = text;
    this.slots = new Int32Array(2 * (groups + 1));
    this.tried = new Uint32Array((tries >>> 5) + 1);
  }

  /** The first match that begins at `from` or behind it. */
  next(from: number): RegExpExecArray | null {
    const { text } = this;
    for (let start = from; start <= text.length; start += unitsAt(text, start)) {
      this.slots.fill(-1);
      const end = this.matchAt(start);
      if (end >= 0) return this.found(start, end);
    }
    return null;
  }

  private matchAt(start: number): number {
    const { open, path, slots } = this;
    open.size = 0;
    path.size = 0;
    open.push3(0, start, 0);
    while (open.size > 0) {
      open.size -= 3;
      const [step, place, length] = [open.at(0), open.at(1), open.at(2)];
      if (step < 0) slots[~step] = place;
      else {
        path.size = length;
        const end = this.follow(step, place);
        if (end >= 0) return end;
      }
    }
    return -1;
  }

  /** Goes on until something does not hold; the end of a match, or −1. */
  private follow(from: number, place: number): number {
    const { program, text, open } = this;
    let at = place;
    for (let pc = from; this.isNew(pc * (text.length + 1) + at);) {
      const step = program[pc]!;
      switch (step.kind) {
        case 'end':
          this.forgetPath();
          return at;
        case 'one': {
          if (at >= text.length) return -1;
          const code = text.codePointAt(at)!;
          if (code < 128 ? step.ascii[code] === 0 : !step.whole.test(String.fromCodePoint(code))) return -1;
          at += code > 0xffff ? 2 : 1;
          pc++;
          break;
        }
        case 'place':
          if (!step.holds(text, at)) return -1;
          pc++;
          break;
        case 'either':
          open.push3(step.second, at, this.path.size);
          pc = step.first;
          break;
        case 'jump':
          pc = step.to;
          break;
        case 'keep':
          open.push3(~step.slot, this.slots[step.slot]!, 0);
          this.slots[step.slot] = at;
          pc++;
      }
    }
    return -1;
  }

  private isNew(bit: number): boolean {
    const mask = 1 << (bit & 31);
    if ((this.tried[bit >>> 5]! & mask) !== 0) return false;
    this.tried[bit >>> 5]! |= mask;
    this.path.push(bit);
    return true;
  }

  /** What led to a match may do so for the next one. */
  private forgetPath(): void {
    const { path, tried } = this;
    for (let i = 0; i < path.size; i++) tried[path.values[i]! >>> 5]! &= ~(1 << (path.values[i]! & 31));
  }

  private found(start: number, end: number): RegExpExecArray {
    const { text, slots } = this;
    slots[0] = start;
    slots[1] = end;
    const places = Array.from({ length: slots.length / 2 }, (_, i): [number, number] | undefined =>
      slots[2 * i + 1]! < 0 ? undefined : [slots[2 * i]!, slots[2 * i + 1]!],
    );
    const parts = places.map((part) => (part === undefined ? undefined : text.slice(...part)));
    return Object.assign(parts as [string, ...string[]], {
      index: start,
      input: text,
      indices: places as RegExpIndicesArray,
    });
  }
}

const unitsAt = (text: string, at: number): number => ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);

/** A stack of integers. */
class Ints {
  values = new Int32Array(64);
  size = 0;

  push(value: number): void {
    if (this.size === this.values.length) this.grow();
    this.values[this.size++] = value;
  }

  push3(a: number, b: number, c: number): void {
    this.push(a);
    this.push(b);
    this.push(c);
  }

  /** Above the top, where what was taken off still lies. */
  at(above: number): number {
    return this.values[this.size + above]!;
  }

  private grow(): void {
    const values = new Int32Array(this.values.length * 2);
    values.set(this.values);
    this.values = values;
  }
}
