// The documentation against the code: every error code, every option of a source.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EMPTY_CATALOG } from '../../src/catalog/catalog.ts';
import { REJECT_CODES } from '../../src/connectors/formats/rejection.ts';
import { renderError } from '../../src/errors.ts';
import { planSubmission } from '../../src/plan.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

function sources(): readonly { readonly path: string; readonly text: string }[] {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  return [
    ...files.filter((path) => path.endsWith('.ts')).map((path) => join('src', path)),
    'bin/millrace.js',
  ].map((path) => ({ path, text: read(path) }));
}

/** Codes where they are given to an error. */
const GIVEN = /\bcode: '([A-Z][A-Z0-9_]+)'|error\[([A-Z_]+)\]:|forbidden\('([A-Z]+)'/g;

/** Every quoted word in capitals, whatever it is handed to. */
const QUOTED = /'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g;

/** Such words that are no codes of errors. */
const OTHER_WORDS: readonly RegExp[] = [
  // Variables of the environment, and keys of the configuration.
  /^(MILLRACE|KAFKA)_(?!ARTIFACTS)|^DATABASE_URL$|^JAVA_HOME$|^XDG_CACHE_HOME$|^(LATE_ROWS|DEAD_LETTERS)$/,
  // Names of Kafka, Node and Postgres, and words of SQL.
  /^(MESSAGE|RECORD_LIST|ERR_BUFFER)_TOO_LARGE$|_AUTHORIZATION_FAILED$|^UNKNOWN_TOPIC_OR_PARTITION$|^SASL_SSL$/,
  /^PG_VERSION$|^MATCH_RECOGNIZE$|^ROW_NUMBER$/,
];

function codesMade(): Set<string> {
  // Codes of records are no errors, unless an error has one of the same name.
  const records = tableKeys(read('docs/formats.md'));
  const others = (word: string): boolean =>
    records.includes(word) || OTHER_WORDS.some((other) => other.test(word));
  // The reader of SQL has the words of the grammar of Postgres; it makes its errors in src/sql/fail.ts.
  const texts = sources().filter(({ path }) => !path.startsWith(join('src', 'sql', 'convert')));
  const given = texts.flatMap(({ text }) => [...text.matchAll(GIVEN)].map((match) => match.slice(1)));
  const quoted = texts.flatMap(({ text }) => [...text.matchAll(QUOTED)].map((match) => match[1]!));
  return new Set([
    ...given.map((groups) => groups.find((group) => group !== undefined)!),
    ...quoted.filter((word) => !others(word)),
  ]);
}

/** Sets of codes that decide what happens to a pipeline or a sink. */
const DECIDING = /const STAYING[^=]*= new Set\(\[([^\]]*)\]\)/g;

function tableKeys(markdown: string): string[] {
  return [...markdown.matchAll(/^\| `([A-Z][A-Z0-9_]+)`/gm)].map((match) => match[1]!);
}

describe('docs/errors.md', () => {
  const documented = tableKeys(read('docs/errors.md'));

  it('is held against codes however they are handed on', () => {
    expect([...codesMade()]).toEqual(
      expect.arrayContaining([
        'POSTGRES_TOO_OLD',
        'UNSUPPORTED_OPERATOR',
        'FORBIDDEN_HOST',
        'INTERNAL',
        'FENCED',
      ]),
    );
    // No code is put together from pieces, and none of the reader's is made elsewhere than in its fail.ts.
    const pieces = sources().filter(({ text }) => /\bcode: `/.test(text));
    expect(pieces.map(({ path }) => path)).toEqual([]);
    const reader = sources().filter(({ path }) => path.startsWith(join('src', 'sql', 'convert')));
    expect(reader.filter(({ text }) => text.includes('new MillraceError')).map(({ path }) => path)).toEqual(
      [],
    );
  });

  it('lists every code once, and no other', () => {
    const made = [...codesMade()];
    expect(made.length).toBeGreaterThan(100);
    expect(documented.toSorted()).toEqual(made.toSorted());
  });

  it('has the codes that decide over pipelines and sinks', () => {
    const deciding = sources().flatMap(({ text }) =>
      [...text.matchAll(DECIDING)].flatMap((match) =>
        [...match[1]!.matchAll(/'(\w+)'/g)].map((code) => code[1]!),
      ),
    );
    expect(deciding.length).toBeGreaterThan(10);
    expect(deciding.filter((code) => !documented.includes(code))).toEqual([]);
  });

  it('says of each what to do', () => {
    const rows = read('docs/errors.md').match(/^\| `.*$/gm)!;
    for (const row of rows)
      expect(row.split('|').map((cell) => cell.trim().length > 3)).toEqual([false, true, true, true, false]);
  });
});

describe('docs/sql.md', () => {
  const text = read('docs/sql.md');
  const blocks = [...text.matchAll(/^```sql\n(.*?)^```$/gms)].map((match) => match[1]!);

  it('every block is planned, each after those before it', () => {
    expect(blocks.length).toBeGreaterThan(5);
    let catalog = EMPTY_CATALOG;
    for (const block of blocks)
      try {
        catalog = planSubmission(block, catalog).catalog;
      } catch (error) {
        throw new Error(renderError(error), { cause: error });
      }
    expect(catalog.list().length).toBeGreaterThan(5);
  });

  it('names every option of a source', () => {
    const options = [
      ...read('src/binder/source-options.ts').matchAll(/'((?:max|idle|allowed|scan|on)[._][a-z_.]+)'/g),
    ];
    expect(options.length).toBeGreaterThan(5);
    const named = options.map((match) => match[1]!).filter((option) => !/millis|offsets$/.test(option));
    expect(named.filter((option) => !text.includes(`\`${option}\``))).toEqual([]);
  });
});

it('docs/formats.md lists every code of a record that cannot be decoded', () => {
  const expected = REJECT_CODES.filter((code) => code !== 'OK');
  const documented = tableKeys(read('docs/formats.md'));
  expect(expected.filter((code) => !documented.includes(code))).toEqual([]);
});
