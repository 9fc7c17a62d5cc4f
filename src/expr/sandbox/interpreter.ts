// One script in an interpreter of its own: QuickJS as WebAssembly, with a memory of its own. It has no way to anything outside: what it
// is not given it cannot name. Steps, memory and stack are counted, not timed, so that a call comes to the same end each time: a row
// that failed must fail again when it is taken back.
//
// The interpreter asks whether to go on after every 10,000 steps (calls and turns of loops), counted over all calls, so where a call
// begins in that count is chance: one tick more or less. A call of fewer ticks than the limit is within it for sure, one of more is
// not; in between, and when memory or stack ran out, which may be the doing of calls before, a new interpreter decides.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import variant from '@jitl/quickjs-wasmfile-release-sync';
import type { QuickJSContext, QuickJSHandle, QuickJSSyncVariant } from 'quickjs-emscripten-core';
import { newQuickJSWASMModuleFromVariant, newVariant } from 'quickjs-emscripten-core';
import { PRELUDE } from './prelude.ts';
import type { ScriptDefinition } from './protocol.ts';
import { EXHAUSTED, FAILED } from './protocol.ts';

const MAX_TICKS = 20;
const PAGE = 65_536;
const MAX_MEMORY = 24 * 1024 * 1024;
const FIRST_MEMORY = 16 * 1024 * 1024;
const MAX_STACK = 256 * 1024;

const TOO_MANY_STEPS = `${FAILED}it takes more than 200,000 steps`;

/** Node has it; its types are those of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => object;
};

// The package's types describe it as CommonJS, Node reads its module.
const base = variant as unknown as QuickJSSyncVariant;

const code = new WebAssembly.Module(
  readFileSync(fileURLToPath(import.meta.resolve('@jitl/quickjs-wasmfile-release-sync/wasm'))),
);

export class Script {
  private readonly definition: ScriptDefinition;
  private warm: Interpreter;

  private constructor(definition: ScriptDefinition, warm: Interpreter) {
    this.definition = definition;
    this.warm = warm;
  }

  /** Rejects with a SyntaxError when the body is no JavaScript. */
  static async open(definition: ScriptDefinition): Promise<Script> {
    return new Script(definition, await Interpreter.open(definition));
  }

  call(args: string): string | Promise<string> {
    const answer = this.warm.call(args);
    const { ticks } = this.warm;
    if (ticks > MAX_TICKS + 1) return TOO_MANY_STEPS;
    return ticks < MAX_TICKS && !answer.startsWith(EXHAUSTED) ? answer : this.decide(args);
  }

  private async decide(args: string): Promise<string> {
    const anew = await Interpreter.open(this.definition);
    const answer = anew.call(args);
    const isOver = anew.ticks > MAX_TICKS;
    const isSpent = isOver || answer.startsWith(EXHAUSTED);
    this.warm = isSpent ? await Interpreter.open(this.definition) : anew;
    if (isOver) return TOO_MANY_STEPS;
    return answer.startsWith(EXHAUSTED) ? FAILED + answer.slice(1) : answer;
  }
}

class Interpreter {
  /** Of the last call. */
  ticks = 0;
  private readonly context: QuickJSContext;
  private readonly run: QuickJSHandle;

  static async open(definition: ScriptDefinition): Promise<Interpreter> {
    const memory = new WebAssembly.Memory({ initial: FIRST_MEMORY / PAGE, maximum: MAX_MEMORY / PAGE });
    const engine = await newQuickJSWASMModuleFromVariant(
      newVariant(base, { wasmModule: code, wasmMemory: memory }),
    );
    const runtime = engine.newRuntime();
    runtime.setMaxStackSize(MAX_STACK);
    // No Date, which tells the time; no Promise: nothing happens later.
    const context = runtime.newContext({
      intrinsics: {
        BaseObjects: true,
        Eval: true,
        StringNormalize: true,
        RegExp: true,
        RegExpCompiler: true,
        JSON: true,
        Proxy: true,
        MapSet: true,
        TypedArrays: true,
        BigInt: true,
      },
    });
    const interpreter = new Interpreter(context, definition);
    runtime.setInterruptHandler(() => ++interpreter.ticks > MAX_TICKS + 1);
    return interpreter;
  }

  private constructor(context: QuickJSContext, definition: ScriptDefinition) {
    this.context = context;
    const evaluated = (text: string): QuickJSHandle =>
      context.unwrapResult(context.evalCode(text, definition.name));
    const make = evaluated(PRELUDE);
    const script = evaluated(sourceOf(definition));
    const types = evaluated(JSON.stringify(definition.parameters.map(({ type }) => type)));
    const returns = context.newString(definition.returns);
    this.run = context.unwrapResult(context.callFunction(make, context.undefined, script, types, returns));
    for (const handle of [make, script, types, returns]) handle.dispose();
  }

  call(args: string): string {
    const { context } = this;
    this.ticks = 0;
    const given = context.newString(args);
    const answer = context.callFunction(this.run, context.undefined, given);
    given.dispose();
    if (answer.error !== undefined) {
      const said: unknown = context.dump(answer.error);
      answer.error.dispose();
      return `${EXHAUSTED}${messageOf(said)}`;
    }
    const text = context.getString(answer.value);
    answer.value.dispose();
    return text;
  }
}

/** The body stands on lines of its own: a comment at its end does not reach the bracket. */
function sourceOf({ parameters, body }: ScriptDefinition): string {
  const names = parameters.map(({ name }) => name).join(', ');
  return `(function (${names}) { 'use strict';\n${body}\n})`;
}

function messageOf(said: unknown): string {
  if (typeof said !== 'object' || said === null || !('message' in said)) return 'it was ended';
  return `InternalError: ${String(said.message)}`;
}
