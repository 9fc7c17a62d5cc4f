// Calls scripts in a thread of their own and waits for what they give. The interpreter bounds their steps, memory and stack; a single
// step of it can still take very long (a power of large numbers), so the thread is ended when no answer comes, and the next call
// begins another one.

import { Worker } from 'node:worker_threads';
import { fail } from '../../data/failure.ts';
import type { GuestData, ScriptDefinition } from './protocol.ts';
import {
  ASKED,
  BROKEN,
  CONTROL_LENGTH,
  DEFINE,
  LENGTH,
  MAX_BYTES,
  NULL,
  READY,
  SCRIPT,
  STARTING,
  STATE,
  VALUE,
} from './protocol.ts';

const START_MS = 30_000;
const CALL_MS = 3000;
/** Calls that were ended are remembered: they are not waited for again, and end the same way when their row is taken back. */
const MAX_REMEMBERED = 1000;

const EXTERNAL_ROUTINE = '38000';
const encoder = new TextEncoder();
const decoder = new TextDecoder();

interface Guest extends GuestData {
  readonly worker: Worker;
  readonly scripts: Map<string, number>;
}

let guest: Guest | null = null;
const ended = new Set<string>();

/** `definition` and `args` as JSON. The value as text; null is NULL. Throws a RowFailure. */
export function callScript(definition: string, args: string): string | null {
  const call = `${definition}${args}`;
  if (ended.has(call)) tooLong(definition);
  const current = (guest ??= start());
  const script = current.scripts.get(definition) ?? define(current, definition);
  const answer = ask(current, script, args);
  if (answer === null) {
    remember(call);
    tooLong(definition);
  }
  if (answer.startsWith(VALUE)) return answer.slice(1);
  if (answer === NULL) return null;
  if (answer.startsWith(BROKEN)) end(current);
  fail(EXTERNAL_ROUTINE, `function ${nameOf(definition)}: ${answer.slice(1)}`);
}

/** What is wrong with a body, before it is called. */
export function checkScript(definition: ScriptDefinition): string | null {
  const mistake = notOneBody(definition);
  if (mistake !== null) return mistake;
  const text = JSON.stringify(definition);
  const current = (guest ??= start());
  if (current.scripts.has(text)) return null;
  const said = tell(current, text);
  return typeof said === 'number' ? null : said;
}

/** A body that closes its function and opens another one would have a place to keep things in. Made, and never called. */
function notOneBody({ parameters, body }: ScriptDefinition): string | null {
  if (/<!--|-->/.test(body)) return 'it has <!-- or -->';
  try {
    new Function(...parameters.map(({ name }) => name), `'use strict';\n${body}\n`);
    return null;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : 'it cannot be read';
  }
}

function define(current: Guest, definition: string): number {
  const said = tell(current, definition);
  if (typeof said === 'number') return said;
  return fail(EXTERNAL_ROUTINE, `function ${nameOf(definition)}: ${said}`);
}

/** The number of the script, or what is wrong with it. */
function tell(current: Guest, definition: string): number | string {
  const answer = ask(current, DEFINE, definition);
  if (answer === null) return 'it takes too long to read';
  if (answer !== NULL) return answer.slice(1);
  const script = current.scripts.size;
  current.scripts.set(definition, script);
  return script;
}

/** null: the thread was ended because no answer came. */
function ask(current: Guest, script: number, text: string): string | null {
  const { control, bytes } = current;
  const asked = encoder.encode(text);
  if (asked.length > MAX_BYTES) fail(EXTERNAL_ROUTINE, 'the arguments of a function are larger than 1 MB');
  bytes.set(asked);
  control[LENGTH] = asked.length;
  control[SCRIPT] = script;
  Atomics.store(control, STATE, ASKED);
  Atomics.notify(control, STATE);
  if (!changes(control, ASKED, CALL_MS)) {
    end(current);
    return null;
  }
  return decoder.decode(bytes.slice(0, control[LENGTH]));
}

/** Waits until the state is another one; a wake-up may be that of the call before. */
function changes(control: Int32Array, from: number, withinMs: number): boolean {
  const deadline = performance.now() + withinMs;
  while (Atomics.load(control, STATE) === from) {
    const left = deadline - performance.now();
    if (left <= 0) return false;
    Atomics.wait(control, STATE, from, left);
  }
  return true;
}

function start(): Guest {
  const control = new Int32Array(new SharedArrayBuffer(CONTROL_LENGTH * Int32Array.BYTES_PER_ELEMENT));
  const bytes = new Uint8Array(new SharedArrayBuffer(MAX_BYTES));
  const workerData: GuestData = { control, bytes };
  const worker = new Worker(entry(), {
    workerData,
    env: {},
    argv: [],
    execArgv: [],
    // The interpreter's own bound on its stack must come first.
    resourceLimits: { stackSizeMb: 16 },
  });
  worker.unref();
  // What it says by dying is said by the answer that does not come.
  worker.on('error', () => undefined);
  if (!changes(control, STARTING, START_MS)) {
    void worker.terminate();
    fail(EXTERNAL_ROUTINE, 'the sandbox of functions does not start');
  }
  return { worker, control, bytes, scripts: new Map() };
}

function entry(): URL {
  return new URL(`./guest${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
}

function end(current: Guest): void {
  Atomics.store(current.control, STATE, READY);
  void current.worker.terminate();
  guest = null;
}

function remember(call: string): void {
  if (ended.size >= MAX_REMEMBERED) ended.delete(ended.values().next().value!);
  ended.add(call);
}

function tooLong(definition: string): never {
  fail(EXTERNAL_ROUTINE, `function ${nameOf(definition)}: it takes longer than ${CALL_MS} ms`);
}

function nameOf(definition: string): string {
  return (JSON.parse(definition) as ScriptDefinition).name;
}
