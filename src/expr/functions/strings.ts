// text: the functions that are computed over JavaScript strings.

import { readItems } from '../../data/tree/cells.ts';
import { TreeReader } from '../../data/tree/reader.ts';
import { arrayOf, TEXT } from '../../data/types.ts';
import type { Code, Slot } from '../kernel/code.ts';
import { NEVER_NULL } from '../kernel/code.ts';
import { readString, writeString } from '../runtime/arena.ts';
import { identifierParts } from '../runtime/identifiers.ts';
import { isNormalised, normalised } from '../runtime/normal-forms.ts';
import * as strings from '../runtime/strings.ts';
import { textOutput } from './casts.ts';
import { giveTexts } from '../runtime/cells.ts';
import { emitTree } from './cells.ts';
import type { CallTypes, ScalarFunction } from './function.ts';
import { calls, mayFail, special } from './function.ts';

type Bytes = Uint8Array;
const { overTexts } = strings;

const reader = new TreeReader();

function texts(b: Bytes, s: number, e: number): (string | null)[] {
  return readItems(reader.open(b, s, e), arrayOf(TEXT)) as (string | null)[];
}

/** The first argument is a text; those behind it are of any type, NULLs included, in their output form. */
function withOutputs(compute: (first: string, rest: readonly (string | null)[]) => string) {
  return (code: Code, [first, ...rest]: readonly Slot[], types: CallTypes): Slot => {
    const target = code.variable('text', first!.isNull !== NEVER_NULL);
    const outputs = rest.map((slot, i) => textOutput(code, slot, types.params[i + 1]!));
    const list = emitTree(
      code,
      outputs,
      outputs.map(() => TEXT),
      'array',
    );
    const run = (b: Bytes, s: number, e: number, lb: Bytes, ls: number, le: number): number =>
      writeString(compute(readString(b, s, e), texts(lb, ls, le)));
    const call = `${code.use(run)}(${[...first!.parts, ...list.parts].join(', ')})`;
    const put = (): void => code.assign(target, code.result('text', call));
    code.block(first!.isNull === NEVER_NULL ? '' : `if (!${first!.isNull})`, put);
    return target;
  };
}

const concatWith = withOutputs((separator, rest) => rest.filter((text) => text !== null).join(separator));
const formatted = withOutputs(strings.format);

/** Of any type, in its output form; a NULL is spelled. */
function quoteNullable(code: Code, [value]: readonly Slot[], types: CallTypes): Slot {
  const text = textOutput(code, value!, types.params[0]!);
  const quote = `${code.use(strings.quoteLiteral)}(${code.use(readString)}(${text.parts.join(', ')}))`;
  const shown = text.isNull === NEVER_NULL ? quote : `(${text.isNull} ? 'NULL' : ${quote})`;
  return code.result('text', `${code.use(writeString)}(${shown})`);
}

function radix(name: string, base: number): ScalarFunction[] {
  return [
    calls(`${name}(integer) text`, (value: number) => writeString(strings.radixText(value, base, 32))),
    calls(`${name}(bigint) text`, (value: bigint) => writeString(strings.radixText(value, base, 64))),
  ];
}

export const STRINGS: readonly ScalarFunction[] = [
  mayFail('lpad(text,integer) text', overTexts(1, strings.padLeft)),
  mayFail(
    'lpad(text,integer,text) text',
    (b: Bytes, s: number, e: number, n: number, fb: Bytes, fs: number, fe: number) =>
      writeString(strings.padLeft(readString(b, s, e), n, readString(fb, fs, fe))),
  ),
  mayFail('rpad(text,integer) text', overTexts(1, strings.padRight)),
  mayFail(
    'rpad(text,integer,text) text',
    (b: Bytes, s: number, e: number, n: number, fb: Bytes, fs: number, fe: number) =>
      writeString(strings.padRight(readString(b, s, e), n, readString(fb, fs, fe))),
  ),
  calls('initcap(text) text', overTexts(1, strings.capitalise)),
  calls('translate(text,text,text) text', overTexts(3, strings.translate)),
  calls('ascii(text) integer', (b: Bytes, s: number, e: number) => strings.codePoint(readString(b, s, e))),
  mayFail('chr(integer) text', (code: number) => writeString(strings.character(code))),
  mayFail('overlay(text,text,integer) text', overTexts(2, strings.overlay)),
  mayFail('overlay(text,text,integer,integer) text', overTexts(2, strings.overlay)),
  ...radix('to_hex', 16),
  ...radix('to_oct', 8),
  ...radix('to_bin', 2),
  calls('quote_literal(text) text', overTexts(1, strings.quoteLiteral)),
  calls('quote_ident(text) text', overTexts(1, strings.quoteName)),
  special('quote_nullable(text) text', 'never', quoteNullable),
  mayFail('unistr(text) text', overTexts(1, strings.unescapeUnicode)),
  calls('md5(text) text', strings.md5Text),
  mayFail('normalize(text) text', overTexts(1, normalised)),
  mayFail('normalize(text,text) text', overTexts(2, normalised)),
  mayFail('is_normalized(text) boolean', (b: Bytes, s: number, e: number) =>
    isNormalised(readString(b, s, e)),
  ),
  mayFail(
    'is_normalized(text,text) boolean',
    (b: Bytes, s: number, e: number, fb: Bytes, fs: number, fe: number) =>
      isNormalised(readString(b, s, e), readString(fb, fs, fe)),
  ),
  ...['text', 'text,boolean'].map((params) =>
    mayFail(`parse_ident(${params}) array`, (b: Bytes, s: number, e: number, strict = true) =>
      giveTexts(identifierParts(readString(b, s, e), strict)),
    ),
  ),
  special('concat_ws(text,text) text', 'sometimes', concatWith, { variadic: true }),
  special('format(text) text', 'sometimes', formatted, { fails: true }),
  special('format(text,text) text', 'sometimes', formatted, { variadic: true, fails: true }),
  calls('bit_length(text) integer', (_b: Bytes, s: number, e: number) => (e - s) * 8),
  calls('^@(text,text) boolean', (b: Bytes, s: number, e: number, pb: Bytes, ps: number, pe: number) =>
    readString(b, s, e).startsWith(readString(pb, ps, pe)),
  ),
  numNulls('num_nulls', true),
  numNulls('num_nonnulls', false),
];

function numNulls(name: string, wanted: boolean): ScalarFunction {
  const count = (code: Code, args: readonly Slot[]): Slot =>
    code.result('i32', args.map(({ isNull }) => `(${isNull} === ${wanted} ? 1 : 0)`).join(' + '));
  return special(`${name}(text) integer`, 'never', count, { variadic: true });
}
