// text: functions, concatenation, LIKE.

import { append, close, mark } from '../runtime/arena.ts';
import { escapePattern, ilike, like } from '../runtime/like.ts';
import * as text from '../runtime/text.ts';
import type { Code, Slot } from '../kernel/code.ts';
import { NEVER_NULL } from '../kernel/code.ts';
import { textOutput } from './casts.ts';
import type { CallTypes, ScalarFunction } from './function.ts';
import { calls, inline, mayFail, special, strict } from './function.ts';

const SPACE = new Uint8Array([0x20]);

type Trim = typeof text.trimBoth;

function trims(name: string, runtime: Trim): ScalarFunction[] {
  return [
    calls(`${name}(text,text) text`, runtime, { sliceOf: 0 }),
    strict(
      `${name}(text) text`,
      false,
      (code, [a]) => `${code.use(runtime)}(${a!.parts.join(', ')}, ${code.use(SPACE)}, 0, 1)`,
      { sliceOf: 0 },
    ),
  ];
}

/** NULLs are skipped; values of other types appear in their output form. */
function concat(code: Code, args: readonly Slot[], types: CallTypes): Slot {
  const texts = args.map((arg, i) => textOutput(code, arg, types.params[i]!));
  const start = code.name();
  code.line(`const ${start} = ${code.use(mark)}();`);
  for (const slot of texts) {
    const add = `${code.use(append)}(${slot.parts.join(', ')});`;
    code.line(slot.isNull === NEVER_NULL ? add : `if (!${slot.isNull}) ${add}`);
  }
  const end = code.name();
  code.line(`const ${end} = ${code.use(mark)}();`);
  code.line(`${code.use(close)}(${start}, ${end});`);
  return { layout: 'text', parts: [code.register('bytes'), start, end], isNull: NEVER_NULL };
}

export const TEXTS: readonly ScalarFunction[] = [
  calls('length(text) integer', text.characterLength),
  calls('char_length(text) integer', text.characterLength),
  calls('character_length(text) integer', text.characterLength),
  inline('octet_length(text) integer', (_bytes, start, end) => `${end!} - ${start!}`),
  calls('lower(text) text', text.lowerCase),
  calls('upper(text) text', text.upperCase),
  calls('casefold(text) text', text.lowerCase),
  calls('substring(text,integer) text', text.substringFrom, { sliceOf: 0 }),
  mayFail('substring(text,integer,integer) text', text.substringFor, { sliceOf: 0 }),
  calls('substr(text,integer) text', text.substringFrom, { sliceOf: 0 }),
  mayFail('substr(text,integer,integer) text', text.substringFor, { sliceOf: 0 }),
  calls('left(text,integer) text', text.leftPart, { sliceOf: 0 }),
  calls('right(text,integer) text', text.rightPart, { sliceOf: 0 }),
  ...trims('btrim', text.trimBoth),
  ...trims('ltrim', text.trimLeft),
  ...trims('rtrim', text.trimRight),
  mayFail('replace(text,text,text) text', text.replaceAll),
  mayFail('split_part(text,text,integer) text', text.splitPart, { sliceOf: 0 }),
  calls('position(text,text) integer', text.position),
  calls('strpos(text,text) integer', text.position),
  calls('starts_with(text,text) boolean', text.startsWith),
  calls('reverse(text) text', text.reverseText),
  mayFail('repeat(text,integer) text', text.repeatText),
  calls('||(text,text) text', text.concatenate),
  special('concat(text) text', 'never', concat, { variadic: true }),
  mayFail('~~(text,text) boolean', like),
  mayFail('~~*(text,text) boolean', ilike),
  strict('!~~(text,text) boolean', true, negated(like)),
  strict('!~~*(text,text) boolean', true, negated(ilike)),
  mayFail('like_escape(text,text) text', escapePattern),
];

function negated(matches: typeof like): (code: Code, args: readonly Slot[]) => string {
  return (code, args) => `!${code.use(matches)}(${args.flatMap((arg) => arg.parts).join(', ')})`;
}
