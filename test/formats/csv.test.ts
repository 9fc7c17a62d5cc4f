// CSV: what is read is what Postgres' own COPY reads, or refused; what is written reads back unchanged, here and there.

import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import type { CsvFormat } from '../../src/catalog/format.ts';
import { ByteWriter } from '../../src/connectors/formats/byte-writer.ts';
import type { DeclaredColumn } from '../../src/connectors/formats/column-slot.ts';
import { csvEncoder } from '../../src/connectors/formats/csv-encoder.ts';
import { csvDecoder } from '../../src/connectors/formats/open-decoder.ts';
import * as types from '../../src/data/types.ts';
import { valueToText } from '../../src/data/text-forms.ts';
import type { Value } from '../../src/data/value.ts';
import type { Connection } from '../../src/postgres/connection.ts';
import { connect } from '../../src/postgres/connection.ts';
import { freshDatabase } from '../setup/parts.ts';
import { batchOf, exact, pick, randomValue, seeded } from '../views/random-rows.ts';
import { outcomes, outputFor } from './decoding.ts';
import { testSeed } from '../setup/seed.ts';

const PLAIN: CsvFormat = {
  format: 'PLAIN',
  encode: 'CSV',
  delimiter: ',',
  quote: '"',
  nullText: '',
  header: false,
};

const COLUMNS: readonly DeclaredColumn[] = [
  { name: 'b', type: types.BOOLEAN, notNull: false },
  { name: 's', type: types.SMALLINT, notNull: false },
  { name: 'i', type: types.INTEGER, notNull: false },
  { name: 'l', type: types.BIGINT, notNull: false },
  { name: 'd', type: types.DOUBLE, notNull: false },
  { name: 'n', type: types.NUMERIC, notNull: false },
  { name: 'm', type: { kind: 'numeric', precision: 6, scale: 2 }, notNull: false },
  { name: 't', type: types.TEXT, notNull: false },
  { name: 'day', type: types.DATE, notNull: false },
  { name: 'ts', type: types.TIMESTAMP, notNull: false },
  { name: 'tz', type: types.TIMESTAMPTZ, notNull: false },
  { name: 'v', type: types.INTERVAL, notNull: false },
  { name: 'c', type: { kind: 'varchar', length: 5 }, notNull: false },
  { name: 'y', type: types.BYTEA, notNull: false },
  { name: 'u', type: types.UUID, notNull: false },
  { name: 'j', type: types.JSONB, notNull: false },
];
const ALL = COLUMNS.map((_, i) => i);

function decode(documents: readonly (string | Uint8Array | null)[], columns = COLUMNS, format = PLAIN) {
  const projected = columns.map((_, i) => i);
  const decoder = csvDecoder(format, { columns, projected, validate: 'strict' });
  return outcomes(decoder, documents, outputFor(columns, projected));
}

/** Of two columns, text and integer. */
function two(
  document: string | Uint8Array | null,
  format: Partial<CsvFormat> = {},
): readonly Value[] | string {
  const columns = [
    { name: 'a', type: types.TEXT, notNull: false },
    { name: 'b', type: types.INTEGER, notNull: false },
  ];
  const outcome = decode([document], columns, { ...PLAIN, ...format })[0]!;
  return 'row' in outcome ? outcome.row : `${outcome.code}: ${outcome.message}`;
}

describe('a CSV record', () => {
  test('is fields, quoted where they have to be', () => {
    expect(two('x,1')).toEqual(['x', 1]);
    expect(two('"x, ""y""\nz",1\r\n')).toEqual(['x, "y"\nz', 1]);
    expect(two('"",')).toEqual(['', null]);
    expect(two(' x , 1 ')).toEqual([' x ', 1]);
    expect(two('é,"7"')).toEqual(['é', 7]);
  });

  test('has its own delimiter, quote and spelling of NULL', () => {
    expect(two("'a;b';\\N", { delimiter: ';', quote: "'", nullText: '\\N' })).toEqual(['a;b', null]);
    expect(two('\\N\t1', { delimiter: '\t', nullText: '\\N' })).toEqual([null, 1]);
    expect(two('"\\N"\t1', { delimiter: '\t', nullText: '\\N' })).toEqual(['\\N', 1]);
  });

  test('is refused for one field too many or too few, misplaced quotes, and values that do not convert', () => {
    expect(two('x')).toBe('NOT_CSV: the record has 1 fields where 2 are declared: x');
    expect(two('x,1,')).toBe('NOT_CSV: the record has more than 2 fields where 2 are declared: x,1,');
    expect(two('x"y",1')).toBe('NOT_CSV: quotes are misplaced: x"y",1');
    expect(two('"x"y,1')).toBe('NOT_CSV: quotes are misplaced: "x"y,1');
    expect(two('"x,1')).toBe('NOT_CSV: quotes are misplaced: "x,1');
    expect(two('x,1\n2,3')).toMatch(/^NOT_CSV: quotes are misplaced/);
    expect(two('x,1.5')).toBe('WRONG_TYPE: column "b": "1.5" is not of type integer');
    expect(two('x,2147483648')).toBe(
      'OUT_OF_RANGE: column "b": "2147483648" is out of range for type integer',
    );
    expect(two('x\0,1')).toMatch(/^NUL_CHARACTER: column "a"/);
    expect(two(Buffer.from([0xff, 0x2c, 0x31]))).toMatch(/^INVALID_UTF8/);
    expect(two(null)).toMatch(/^NULL_VALUE: the record has no value/);
    expect(decode([',1'], [{ ...COLUMNS[2]!, notNull: true }, COLUMNS[2]!])[0]).toMatchObject({
      code: 'NOT_NULL',
    });
  });

  test('reads only what is wanted where that is enough', () => {
    const decoder = csvDecoder(PLAIN, { columns: COLUMNS, projected: [7, 3], validate: 'projected' });
    const line = 'no,x,x,5,x,x,x,"a""b",x,x,x,x,x,x,x,x';
    expect(outcomes(decoder, [line], outputFor(COLUMNS, [7, 3]))).toEqual([{ row: ['a"b', 5n] }]);
  });
});

describe('beside COPY of Postgres', () => {
  let connection: Connection;
  beforeAll(async () => {
    const { url } = await freshDatabase();
    connection = await connect(url, { applicationName: 'test csv' });
    await connection.script("SET TimeZone = 'UTC'");
    const list = COLUMNS.map(({ name, type }) => `${name} ${types.typeName(type)}`).join(', ');
    await connection.script(`CREATE TEMP TABLE lines (${list})`);
  });
  afterAll(() => connection.close());

  /** The row as text; null: refused. */
  async function byCopy(line: string): Promise<(string | null)[] | null> {
    try {
      await connection.copyIn('COPY lines FROM STDIN (FORMAT csv)', [Buffer.from(`${line}\n`)]);
    } catch {
      return null;
    }
    const { rows } = await connection.query<Record<string, string | null>>(
      `WITH gone AS (DELETE FROM lines RETURNING *) SELECT ${COLUMNS.map(({ name }) => `${name}::text`).join(', ')} FROM gone`,
    );
    return rows.length === 1 ? COLUMNS.map(({ name }) => rows[0]![name] ?? null) : null;
  }

  function shown(row: readonly Value[]): (string | null)[] {
    return row.map((value, c) =>
      value === null
        ? null
        : typeof value === 'boolean'
          ? String(value)
          : valueToText(value, COLUMNS[c]!.type),
    );
  }

  test('random and mutated lines', async () => {
    const seed = testSeed();
    onTestFailed(() => console.log(`seed ${seed}`));
    const random = seeded(seed);
    const counts = { same: 0, refused: 0, stricter: 0 };
    for (let n = 0; n < 1500; n++) {
      const line = mutated(randomLine(random), random);
      const ours = decode([line])[0]!;
      const theirs = await byCopy(line);
      if ('row' in ours) {
        expect({ line, row: shown(ours.row) }).toEqual({ line, row: theirs });
        counts.same++;
      } else if (theirs === null) counts.refused++;
      else {
        // Postgres guesses at times that are not in ISO 8601 and puts up with stray quotes.
        expect({
          line,
          ok: ['NOT_CSV', 'BAD_TIMESTAMP', 'BAD_INTERVAL'].includes(ours.code),
          ...ours,
        }).toMatchObject({
          ok: true,
        });
        counts.stricter++;
      }
    }
    expect(counts.same).toBeGreaterThan(300);
    expect(counts.refused).toBeGreaterThan(100);
    expect(counts.stricter).toBeGreaterThan(0);
  }, 60_000);

  test('what the encoder writes is the same row for COPY and for the decoder', async () => {
    const seed = testSeed();
    onTestFailed(() => console.log(`seed ${seed}`));
    const random = seeded(seed);
    const schema = COLUMNS.map(({ name, type }) => ({ name, type, nullable: true }));
    const rows = Array.from({ length: 300 }, () =>
      schema.map((field) =>
        field.name === 'm'
          ? { unscaled: BigInt(Math.floor(random() * 1e5)), scale: 2 }
          : randomValue(random, field),
      ),
    );
    const out = new ByteWriter();
    const ends = new Int32Array(rows.length);
    csvEncoder({ ...PLAIN, columns: schema, diffs: false }).encode(batchOf(schema, rows), out, ends);
    const lines = Array.from(ends, (end, i) =>
      Buffer.from(out.bytes.slice(i === 0 ? 0 : ends[i - 1], end - 1)).toString(),
    );
    for (const [i, outcome] of decode(lines).entries()) {
      expect('row' in outcome ? exact(outcome.row) : outcome).toBe(exact(rows[i]!));
      expect({ line: lines[i], row: await byCopy(lines[i]!) }).toEqual({
        line: lines[i],
        row: shown(rows[i]!),
      });
    }
  }, 60_000);
});

const TEXTS = ['a', '', 'x y', 'é🐎', 'a"b', 'a,b', 'line\nbreak', '  ', 'NULL', "it's"];
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  b: ['true', 'f', 'YES', 'off', '1', '0', 't', 'tru', 'maybe'],
  s: ['0', '-32768', '32767', ' 7 ', '+5', '0x10', '1_000', '32768', '1.0'],
  i: ['0', '-1', '2147483647', '12', '007', '-2147483649', '1e3'],
  l: ['9223372036854775807', '-9223372036854775808', '42', '123456789012345678', '9223372036854775808'],
  d: ['1.5', '-0', 'NaN', 'Infinity', '-inf', '1e300', '1e400', '.5', '5.', 'x', '4.9e-324'],
  n: ['1.50', '-0.000', 'NaN', '1e-3', '1.5e3', '123456789012345678901234567890.123', '.5', '5.', '1e', '+3'],
  m: ['1.005', '9999.99', '-1', '0.004', '12.5', '9999.995', '10000'],
  day: [
    '2024-02-29',

    '0001-01-01',
    'infinity',
    '2024-1-5',
    '2023-02-29',
    '20240229',
    '4714-01-01 BC',
    '2024-02-29 10:00',
  ],
  ts: [
    '2024-02-29 12:00:00.123456',
    '2024-02-29T12:00:00',
    '2024-02-29',
    '1999-12-31 24:00:00',
    '2024-13-01',
    '-infinity',
  ],
  tz: [
    '2024-02-29 12:00:00+02',
    '2024-02-29T12:00:00Z',
    '2024-02-29 12:00:00',
    '2024-02-29 12:00:00-03:30',
    'nope',
  ],
  c: ['abc', 'é🐎', 'hello', 'hello!', 'toolong'],
  y: ['\\x00ff', '\\x', 'abc', '\\xz'],
  u: ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'A0EEBC999C0B4EF8BB6D6BB9BD380A11', 'nope', ''],
  j: ['{"a": [1, 2.50, null]}', '"x"', '1.0', '{', '[1', 'nul'],
  v: ['1 day', '-2 mons 3 days 04:05:06.789', 'P1DT2H', '01:02:03', '1 parsec', '3 weeks ago'],
};

function randomLine(random: () => number): string {
  return COLUMNS.map(({ name }) => {
    if (random() < 0.1) return '';
    const texts = FIELDS[name] ?? TEXTS;
    // The first half of each list is valid.
    const text = pick(random, random() < 0.9 ? texts.slice(0, texts.length / 2) : texts);
    const quote = random() < 0.2 || /[",\n]/.test(text);
    return quote ? `"${text.replaceAll('"', '""')}"` : text;
  }).join(',');
}

function mutated(line: string, random: () => number): string {
  if (random() < 0.7) return line;
  const at = Math.floor(random() * line.length);
  const odd = pick(random, ['"', ',', 'x', '', ' ', '9', '-']);
  return line.slice(0, at) + odd + line.slice(at + (random() < 0.5 ? 1 : 0));
}

test('every column is read', () => {
  expect(Object.keys(FIELDS).length + 1).toBe(ALL.length);
});
