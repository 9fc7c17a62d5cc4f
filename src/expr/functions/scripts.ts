// Functions in JavaScript: the definition and the arguments as JSON, the value as text.

import { result } from '../../data/registers.ts';
import { readString, writeString } from '../runtime/arena.ts';
import { callScript } from '../sandbox/sandbox.ts';
import type { ScalarFunction } from './function.ts';
import { mayFail } from './function.ts';

function called(
  definition: Uint8Array,
  definitionStart: number,
  definitionEnd: number,
  args: Uint8Array,
  argsStart: number,
  argsEnd: number,
): number {
  const value = callScript(
    readString(definition, definitionStart, definitionEnd),
    readString(args, argsStart, argsEnd),
  );
  const start = writeString(value ?? '');
  result.isNull = value === null;
  return start;
}

export const SCRIPTS: readonly ScalarFunction[] = [
  mayFail('call_script(text,text) text', called, { nullResult: true }),
];
