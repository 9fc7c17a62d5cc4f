// What whole documents may look like, and what becomes of those that may not.
import { describe, expect, test } from 'vitest';
import type { RecordDecoder } from '../../src/connectors/formats/record-decoder.ts';
import { compileJsonDecoder } from '../../src/connectors/formats/json-decoder.ts';
import { MAX_DEPTH } from '../../src/connectors/formats/json-scan.ts';
import { BIGINT, TEXT, TIMESTAMPTZ } from '../../src/data/types.ts';
import type { Outcome } from './decoding.ts';
import { columnsOf, outcomes, outputFor, recordsOf } from './decoding.ts';

const COLUMNS = columnsOf({ id: BIGINT, name: TEXT, at: TIMESTAMPTZ });

function decoderOf(projected: readonly number[], validate: 'strict' | 'projected' = 'strict'): RecordDecoder {
  return compileJsonDecoder({ columns: COLUMNS, projected, validate });
}

function short(seen: readonly Outcome[]): unknown[] {
  return seen.map((outcome) => ('row' in outcome ? outcome.row : outcome.code));
}

function decode(documents: readonly (string | Uint8Array | null)[], projected = [0, 1]): unknown[] {
  return short(outcomes(decoderOf(projected), documents, outputFor(COLUMNS, projected)));
}

const GOOD = '{"id":1,"name":"a"}';

describe('documents', () => {
  test.each<[string, string | Uint8Array | null, unknown]>([
    ['no value', null, 'NULL_VALUE'],
    ['empty value', '', 'NOT_JSON'],
    ['only space', ' \n', 'NOT_JSON'],
    ['not JSON', 'id=1', 'NOT_JSON'],
    ['truncated', '{"id":1,"name":"a"', 'NOT_JSON'],
    ['truncated in a string', '{"id":1,"name":"a', 'NOT_JSON'],
    ['trailing garbage', '{"id":1,"name":"a"}x', 'NOT_JSON'],
    ['two documents', '{"id":1,"name":"a"}{}', 'NOT_JSON'],
    ['space around', ' \t{"id":1,"name":"a"}\r\n', [1n, 'a']],
    ['a byte order mark', '\ufeff{"id":1,"name":"a"}', 'NOT_JSON'],
    ['an array', '[1]', 'NOT_AN_OBJECT'],
    ['a number', '12', 'NOT_AN_OBJECT'],
    ['null', 'null', 'NOT_AN_OBJECT'],
    ['a broken array', '[1', 'NOT_JSON'],
    ['no members', '{}', [null, null]],
    ['a trailing comma', '{"id":1,}', 'NOT_JSON'],
    ['a leading comma', '{,"id":1}', 'NOT_JSON'],
    ['a missing colon', '{"id" 1}', 'NOT_JSON'],
    ['a key without quotes', '{id:1}', 'NOT_JSON'],
    ['a comment', '{"id":1/* one */}', 'NOT_JSON'],
    ['unknown fields', '{"x":[1,{"y":null}],"id":1,"z":1e5,"name":"a","":""}', [1n, 'a']],
    ['a broken unknown field', '{"id":1,"name":"a","x":[1,]}', 'NOT_JSON'],
    ['a lone surrogate in an unknown field', '{"id":1,"name":"a","x":"\\ud800"}', [1n, 'a']],
    ['a missing field', '{"name":"a"}', [null, 'a']],
    ['another order', '{"name":"a","id":1}', [1n, 'a']],
    ['duplicate keys', '{"id":1,"name":"a","id":2,"name":"b"}', [2n, 'b']],
    ['a duplicate that is null', '{"id":1,"name":"a","id":null}', [null, 'a']],
    ['a duplicate that does not convert, first', '{"id":"x","id":2}', [2n, null]],
    ['a duplicate that does not convert, last', '{"id":2,"id":"x"}', 'WRONG_TYPE'],
    ['an escaped key', '{"\\u0069d":1,"n\\u0061me":"a"}', [1n, 'a']],
    ['a key in capitals is another key', '{"ID":1,"Name":"a"}', [null, null]],
    ['invalid UTF-8', Buffer.from('7b226e616d65223a22ff227d', 'hex'), 'INVALID_UTF8'],
    ['an overlong sequence', Buffer.from('7b226e616d65223a22c080227d', 'hex'), 'INVALID_UTF8'],
    ['an encoded surrogate', Buffer.from('7b226e616d65223a22eda080227d', 'hex'), 'INVALID_UTF8'],
    ['a sequence that is cut off', Buffer.from('7b226e616d65223a22e282227d', 'hex'), 'INVALID_UTF8'],
    ['beyond U+10FFFF', Buffer.from('7b226e616d65223a22f4908080227d', 'hex'), 'INVALID_UTF8'],
    ['invalid UTF-8 in an unknown key', Buffer.from('7b22ff223a317d', 'hex'), 'INVALID_UTF8'],
    ['bytes above ASCII outside of strings', '{"id":１}', 'NOT_JSON'],
    ['a no-break space', '{\u00a0"id":1}', 'NOT_JSON'],
    ['an undeclared wrong value', '{"id":1,"name":"a","at":"never"}', 'BAD_TIMESTAMP'],
  ])('%s', (_, document, expected) => {
    // first as the layout that is learned, then among others
    expect(decode([document])).toEqual([expected]);
    const among = decode([GOOD, GOOD, document, GOOD, document, document, GOOD]);
    expect(among).toEqual([[1n, 'a'], [1n, 'a'], expected, [1n, 'a'], expected, expected, [1n, 'a']]);
  });

  test('only wanted columns must convert with validate = projected, but the document must be well-formed', () => {
    const decoder = decoderOf([0], 'projected');
    const out = outputFor(COLUMNS, [0]);
    const documents = ['{"id":1,"name":5,"at":"never"}', '{"id":1,"name":5x}', '{"id":"x","name":"a"}'];
    expect(short(outcomes(decoder, documents, out))).toEqual([[1n], 'NOT_JSON', 'WRONG_TYPE']);
  });

  test('no wanted column at all', () => {
    expect(decode([GOOD, '{"id":"x"}', GOOD, '[', '{}'], [])).toEqual([[], 'WRONG_TYPE', [], 'NOT_JSON', []]);
  });

  test('messages name the column, the type and the value', () => {
    const seen = outcomes(
      decoderOf([0]),
      ['{"id":"seven"}', 'id=1', `{"id":${'9'.repeat(99)}}`],
      outputFor(COLUMNS, [0]),
    );
    expect(seen.map((outcome) => ('message' in outcome ? outcome.message : ''))).toEqual([
      'column "id": "seven" is not of type bigint',
      'the value is not JSON: id=1',
      `column "id": ${'9'.repeat(60)}… is out of range for type bigint`,
    ]);
  });
});

describe('strings, byte by byte', () => {
  test('every byte at every place of a word, in wanted, checked and unknown fields', () => {
    const decoder = decoderOf([1]);
    const out = outputFor(COLUMNS, [1]);
    const wrap = (field: string, inside: Uint8Array): Uint8Array =>
      Buffer.concat([Buffer.from(`{"at":null,"${field}":"`), inside, Buffer.from('","id":1}')]);
    for (const field of ['name', 'unknown']) {
      const documents: Uint8Array[] = [];
      for (let byte = 0; byte < 256; byte++) {
        for (let at = 0; at < 9; at++) {
          const inside = Buffer.from('abcdefghi');
          inside[at] = byte;
          documents.push(wrap(field, inside), wrap(field, Buffer.from('plain')));
        }
      }
      const seen = outcomes(decoder, documents, out);
      documents.forEach((document, i) => {
        let valid = true;
        try {
          JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(document));
        } catch {
          valid = false;
        }
        expect('row' in seen[i]!, Buffer.from(document).toString('latin1')).toBe(valid);
      });
    }
  });
});

describe('sizes', () => {
  test('10 MB in one document: text, escapes, an array nobody asked for', () => {
    const long = 'x'.repeat(10_000_000);
    const escaped = '\\n'.repeat(5_000_000);
    const array = `[${'1,'.repeat(5_000_000)}1]`;
    const seen = decode(
      [`{"name":"${long}"}`, `{"name":"${escaped}"}`, `{"x":${array},"name":"a"}`, `"${long}`],
      [1],
    );
    expect(seen).toEqual([[long], ['\n'.repeat(5_000_000)], ['a'], 'NOT_JSON']);
  });

  test('nesting is bounded, wherever it is', () => {
    const nest = (depth: number): string =>
      `{"name":"a","x":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    expect(decode([nest(MAX_DEPTH), nest(MAX_DEPTH + 1), nest(1_000_000)], [1])).toEqual([
      ['a'],
      'TOO_DEEP',
      'TOO_DEEP',
    ]);
    expect(decode(['['.repeat(1_000_000), `${'{"a":'.repeat(300)}1`])).toEqual(['TOO_DEEP', 'TOO_DEEP']);
  });
});

describe('layouts', () => {
  test('change in the middle of a batch, many times, with NULLs that do not leak into other rows', () => {
    const forms = [
      (i: number) => `{"id":${i},"name":"n${i}"}`,
      (i: number) => `{"name": "n${i}", "id": ${i}}`,
      (i: number) => `{"id":${i},"name":null,"at":null}`,
      (i: number) => `{"id":null,"name":"n${i}","x":[${i}]}`,
      (i: number) => `{"name":"n${i}\\u0021","id":${i}}`,
      (i: number) => `{"id":${i}}`,
    ];
    const wanted = [
      (i: number) => [BigInt(i), `n${i}`],
      (i: number) => [BigInt(i), `n${i}`],
      (i: number) => [BigInt(i), null],
      (i: number) => [null, `n${i}`],
      (i: number) => [BigInt(i), `n${i}!`],
      (i: number) => [BigInt(i), null],
    ];
    const numbers = Array.from({ length: 5000 }, (_, i) => i);
    const form = (i: number): number => (i < 2500 ? (i * i + (i >> 3)) % 6 : Math.floor(i / 400) % 6);
    const decoder = decoderOf([0, 1]);
    const out = outputFor(COLUMNS, [0, 1]);
    for (let round = 0; round < 2; round++) {
      const seen = outcomes(
        decoder,
        numbers.map((i) => forms[form(i)]!(i)),
        out,
      );
      expect(short(seen)).toEqual(numbers.map((i) => wanted[form(i)]!(i)));
    }
  });

  test('the generated source can be read before and after records have come', () => {
    const decoder = decoderOf([0]);
    expect(decoder.source).toContain('function readLayout');
    const before = decoder.source;
    outcomes(decoder, ['{"z":1,"id":5}'], outputFor(COLUMNS, [0]));
    expect(decoder.source).not.toBe(before);
  });

  test('column names are never code', () => {
    const name = '"]; throw new Error("ran"); //\u2028`${1}';
    const columns = columnsOf({ [name]: BIGINT });
    const decoder = compileJsonDecoder({ columns, projected: [0], validate: 'strict' });
    const document = JSON.stringify({ [name]: 5 });
    expect(short(outcomes(decoder, [document, document, document], outputFor(columns, [0])))).toEqual([
      [5n],
      [5n],
      [5n],
    ]);
  });

  test('a column without NULLs has no null bytes, and no slice leaves its record', () => {
    const decoder = decoderOf([0, 1]);
    const out = outputFor(COLUMNS, [0, 1]);
    outcomes(decoder, ['{"id":null,"name":"a"}', GOOD], out);
    expect(out.columns.map((column) => column.nulls === null)).toEqual([false, true]);
    const records = recordsOf([GOOD, GOOD, GOOD]);
    decoder.decode(records, 1, 3, out, () => {});
    expect(out.columns.map((column) => column.nulls === null)).toEqual([true, true]);
    expect(out.rows).toBe(2);
    expect([...decoder.recordIndex.subarray(0, 2)]).toEqual([1, 2]);
    expect(out.columns[1]).toHaveProperty('bytes', records.buffer);
  });
});
