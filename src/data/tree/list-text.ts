// Text forms of arrays, `{1,NULL,"a b"}`, and rows, `(1,,"a b")`: splitting them into the texts of their members and putting
// them together, after array_in, array_out, record_in and record_out of Postgres. Arrays have one dimension, from 1.

import { fail } from '../failure.ts';
import { trimSpace } from '../trim.ts';

const SPACE = /[ \t\n\v\f\r]/;

function malformedArray(text: string): never {
  fail('22P02', `malformed array literal: "${text}"`);
}

/** The texts of the items; null for NULL. */
export function splitArray(text: string): (string | null)[] {
  let at = 0;
  const space = (): void => {
    while (at < text.length && SPACE.test(text[at]!)) at++;
  };
  space();
  if (text[at] === '[') fail('0A000', 'arrays with other bounds than 1 to their length are not supported');
  if (text[at] !== '{') malformedArray(text);
  at++;
  const items: (string | null)[] = [];
  space();
  if (text[at] === '}') at++;
  else
    for (;;) {
      const item = arrayItem(text, at);
      items.push(item.value);
      at = item.end;
      if (text[at] === '}') {
        at++;
        break;
      }
      if (text[at] !== ',') malformedArray(text);
      at++;
    }
  space();
  if (at < text.length) malformedArray(text);
  return items;
}

function arrayItem(text: string, from: number): { readonly value: string | null; readonly end: number } {
  let at = from;
  while (at < text.length && SPACE.test(text[at]!)) at++;
  if (text[at] === '{') fail('0A000', 'arrays of several dimensions are not supported');
  if (text[at] === '"') return quotedItem(text, at + 1);
  let value = '';
  let kept = 0;
  let escaped = false;
  for (; at < text.length && text[at] !== ',' && text[at] !== '}'; at++) {
    if (text[at] === '{' || text[at] === '"') malformedArray(text);
    if (text[at] === '\\') {
      if (++at >= text.length) malformedArray(text);
      escaped = true;
      kept = value.length + 1;
    }
    value += text[at]!;
    if (!SPACE.test(text[at]!)) kept = value.length;
  }
  value = value.slice(0, kept);
  if (value === '') malformedArray(text);
  return { value: !escaped && value.toUpperCase() === 'NULL' ? null : value, end: at };
}

function quotedItem(text: string, from: number): { readonly value: string; readonly end: number } {
  let value = '';
  let at = from;
  for (; text[at] !== '"'; at++) {
    if (text[at] === '\\') at++;
    if (at >= text.length) malformedArray(text);
    value += text[at]!;
  }
  at++;
  while (at < text.length && SPACE.test(text[at]!)) at++;
  return { value, end: at };
}

export function joinArray(items: readonly (string | null)[]): string {
  return `{${items.map((item) => (item === null ? 'NULL' : arrayItemText(item))).join(',')}}`;
}

function arrayItemText(item: string): string {
  const plain = item !== '' && !/[\t\n\v\f\r "\\{},]/.test(item) && item.toUpperCase() !== 'NULL';
  return plain ? item : `"${item.replaceAll(/["\\]/g, '\\$&')}"`;
}

function malformedRow(text: string): never {
  fail('22P02', `malformed record literal: "${text}"`);
}

/** The texts of the fields; null for NULL. */
export function splitRow(text: string, count: number): (string | null)[] {
  const trimmed = trimSpace(text);
  if (!trimmed.startsWith('(')) malformedRow(text);
  const fields: (string | null)[] = [];
  let at = 1;
  while (fields.length < count) {
    const field = rowField(trimmed, at, text);
    fields.push(field.value);
    at = field.end;
    if (fields.length < count && trimmed[at++] !== ',') malformedRow(text);
  }
  if (trimmed[at] !== ')' || at !== trimmed.length - 1) malformedRow(text);
  return fields;
}

function rowField(
  text: string,
  from: number,
  whole: string,
): { readonly value: string | null; readonly end: number } {
  if (text[from] === ',' || text[from] === ')') return { value: null, end: from };
  let value = '';
  let inQuotes = false;
  let at = from;
  for (; inQuotes || (text[at] !== ',' && text[at] !== ')'); at++) {
    if (at >= text.length) malformedRow(whole);
    if (text[at] === '\\') value += text[++at] ?? malformedRow(whole);
    else if (text[at] !== '"') value += text[at]!;
    else if (!inQuotes) inQuotes = true;
    else if (text[at + 1] === '"') value += text[++at]!;
    else inQuotes = false;
  }
  return { value, end: at };
}

export function joinRow(fields: readonly (string | null)[]): string {
  return `(${fields.map((field) => (field === null ? '' : rowFieldText(field))).join(',')})`;
}

function rowFieldText(field: string): string {
  const plain = field !== '' && !/[\t\n\v\f\r "\\(),]/.test(field);
  return plain ? field : `"${field.replaceAll(/["\\]/g, '$&$&')}"`;
}
