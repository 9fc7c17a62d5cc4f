// What a name or a string token stands for. The common spellings are decoded here; the rare ones (escapes, dollar
// quotes, continued strings, U&) by the grammar itself, so that there is one truth about them.

import type { Identifier } from './names.ts';
import { defect } from './fail.ts';
import { parseOne, type RawNode } from './grammar.ts';
import { fold, spanOf, type Token } from './tokens.ts';

/** PostgreSQL cuts names after this many bytes. */
const NAME_BYTES = 63;

export function identifierOf(token: Token): Identifier {
  return { name: nameOf(token), span: spanOf(token) };
}

function nameOf(token: Token): string {
  if (token.type === 'unicode identifier') return decodeByGrammar(token, 'ColumnRef');
  const name = token.text.startsWith('"') ? token.text.slice(1, -1).replaceAll('""', '"') : fold(token.text);
  return Buffer.byteLength(name) > NAME_BYTES ? decodeByGrammar(token, 'ColumnRef') : name;
}

/** The value of a string token, however it is quoted. */
export function stringOf(token: Token): string {
  const plain = /^'((?:[^']|'')*)'$/.exec(token.text);
  return plain === null ? decodeByGrammar(token, 'A_Const') : plain[1]!.replaceAll("''", "'");
}

function decodeByGrammar(token: Token, kind: 'ColumnRef' | 'A_Const'): string {
  const prefix = 'SELECT ';
  const { node } = parseOne(
    prefix + token.text,
    ' '.repeat(prefix.length) + token.text,
    token.start - prefix.length,
  );
  const found = findKey(node, kind === 'A_Const' ? 'sval' : 'String');
  const value = kind === 'A_Const' ? (found ?? {}) : found;
  if (typeof value !== 'object' || value === null) throw defect('no text in a quoted token', spanOf(token));
  return ((value as { sval?: string }).sval ?? '').toString();
}

/** The first value under a key, depth first. */
function findKey(node: unknown, key: string): unknown {
  if (typeof node !== 'object' || node === null) return undefined;
  for (const [name, value] of Object.entries(node as RawNode)) {
    const found = name === key ? value : findKey(value, key);
    if (found !== undefined) return found;
  }
  return undefined;
}
