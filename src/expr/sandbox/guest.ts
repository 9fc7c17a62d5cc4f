// The thread in which scripts run. It waits for a call, answers, and waits again; whoever calls ends the thread when no answer comes.

import { workerData } from 'node:worker_threads';
import { Script } from './interpreter.ts';
import type { GuestData, ScriptDefinition } from './protocol.ts';
import { ASKED, BROKEN, DEFINE, FAILED, LENGTH, MAX_BYTES, NULL, READY, SCRIPT, STATE } from './protocol.ts';

const { control, bytes } = workerData as GuestData;
const scripts: Script[] = [];
const encoder = new TextEncoder();
const decoder = new TextDecoder();

async function answerTo(script: number, asked: string): Promise<string> {
  try {
    if (script !== DEFINE) return await scripts[script]!.call(asked);
    scripts.push(await Script.open(JSON.parse(asked) as ScriptDefinition));
    return NULL;
  } catch (error) {
    const said = error instanceof Error ? `${error.name}: ${error.message}` : 'it cannot be read';
    return `${script === DEFINE ? FAILED : BROKEN}${said}`;
  }
}

function send(answer: string): void {
  const encoded = encoder.encode(answer);
  const fits =
    encoded.length <= MAX_BYTES ? encoded : encoder.encode(`${FAILED}its value is larger than 1 MB`);
  bytes.set(fits);
  control[LENGTH] = fits.length;
}

Atomics.store(control, STATE, READY);
Atomics.notify(control, STATE);
for (;;) {
  while (Atomics.load(control, STATE) === READY) Atomics.wait(control, STATE, READY);
  // A copy: text is not decoded from shared memory.
  send(await answerTo(control[SCRIPT]!, decoder.decode(bytes.slice(0, control[LENGTH]))));
  if (Atomics.compareExchange(control, STATE, ASKED, READY) !== ASKED) break;
  Atomics.notify(control, STATE);
}
