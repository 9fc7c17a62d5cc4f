// The spellings of times and intervals: what Millrace reads, it reads as Postgres does; the rest it refuses.

import { expect, test } from 'vitest';
import { RowFailure } from '../../src/data/failure.ts';
import type { IntervalRange } from '../../src/data/interval-text.ts';
import { intervalToText, parseInterval } from '../../src/data/interval-text.ts';
import { parseValue, valueToText } from '../../src/data/text-forms.ts';
import { typeName } from '../../src/data/types.ts';
import { useOracle } from './compare.ts';

const oracle = useOracle();

const DATES = [
  '2024-02-29',
  '2023-02-29',
  '1999-1-8',
  '19990108',
  '0001-01-01',
  '0000-01-01',
  '44-03-15',
  '12024-01-01',
];
const CLOCKS = [
  '',
  ' 04:05',
  'T04:05:06',
  ' 4:05:06.789',
  ' 24:00:00',
  ' 24:00:01',
  ' 23:59:60',
  ' 12:60',
  ' 04:05:06.1234567',
];
const ZONES = [
  '',
  'Z',
  '+02',
  ' +05:30',
  '-03:00:30',
  ' UTC',
  '+16',
  ' BC',
  '+00 BC',
  ' Europe/Berlin',
  ' AM',
  '+1',
  '+0530',
];
const TIMES = [
  ...DATES.flatMap((date) => CLOCKS.flatMap((clock) => ZONES.map((zone) => date + clock + zone))),
  ...[
    'epoch',
    ' Infinity ',
    '-infinity',
    '',
    'today',
    'Jan 8 1999',
    '1999.008',
    'J2451187',
    '2024-13-01',
    '2024-04-31',
    '  2024-01-02  ',
  ],
];

const NUMBERS = ['1', '-1', '1.5', '-0.25', '.5', '+3', '1e3', '100000000000'];
const UNITS =
  'us ms s sec m min h hr d day w mon month y years dec century mil quarter nonsense seconds milliseconds'.split(
    ' ',
  );
const INTERVALS = [
  ...NUMBERS.flatMap((n) => UNITS.flatMap((unit) => [`${n} ${unit}`, `${n}${unit}`])),
  ...[
    '1 day 2 hours',
    '1 day 1 day',
    '@ 1 day ago',
    '1 mon -2 days ago',
    '1-2',
    '-1-2',
    '1-13',
    '1 2:03:04',
    '-1 +2:03',
  ],
  ...[
    '2:03',
    '2:03:04.5678',
    '-2:03:04',
    '100:00:00',
    '1:60',
    'P1Y2M3DT4H5M6.7S',
    'PT36H',
    'P2W',
    'P-1DT-2H',
    'P',
    'PT',
  ],
  ...[
    '',
    'day',
    '5',
    '-5.5',
    '5 6',
    '1 day 5',
    'infinity',
    '-infinity',
    '1.5 years',
    '1.5 months 2.5 days',
    '0.1 months',
  ],
  ...[
    '1 week 2.5 days',
    '1year2mons',
    '3 days 04:05:06',
    '1 year 1-2',
    '2147483648 days',
    '1 sec 1 ms 1 us',
    'P1.5M',
    '1 day ago ago',
  ],
];

interface Reading {
  readonly text: string;
  readonly type: string;
  readonly read: () => string;
}

/** What Postgres reads otherwise than Millrace; what only Postgres reads is fine. */
async function misread(readings: readonly Reading[]): Promise<{ wrong: string[]; read: number }> {
  await oracle.client
    .query(`CREATE OR REPLACE FUNCTION pg_temp.reading(v text, type text) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE found text;
    BEGIN EXECUTE 'SELECT (' || quote_literal(v) || '::' || type || ')::text' INTO found; RETURN found;
    EXCEPTION WHEN OTHERS THEN RETURN 'ERROR'; END $$`);
  const answer = await oracle.client.query<{ there: string }>({
    text: 'SELECT pg_temp.reading(v, t) AS there FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS x(v, t, n) ORDER BY n',
    values: [readings.map((r) => r.text), readings.map((r) => r.type)],
  });
  const here = readings.map((reading) => {
    try {
      return reading.read();
    } catch (error) {
      if (!(error instanceof RowFailure)) throw error;
      return 'ERROR';
    }
  });
  const wrong = readings.flatMap((reading, i) => {
    const { there } = answer.rows[i]!;
    return here[i] === 'ERROR' || here[i] === there
      ? []
      : [`${reading.type} '${reading.text}': ${here[i]!}, in Postgres ${there}`];
  });
  return { wrong, read: here.filter((text) => text !== 'ERROR').length };
}

test('dates and timestamps', async () => {
  const readings = (['date', 'timestamp', 'timestamptz'] as const).flatMap((kind) =>
    TIMES.map((text) => {
      const read = (): string => valueToText(parseValue(text, { kind }), { kind });
      return { text, type: typeName({ kind }), read };
    }),
  );
  const { wrong, read } = await misread(readings);
  expect(wrong).toEqual([]);
  expect(read).toBeGreaterThan(700);
});

const RANGES: readonly (IntervalRange | undefined)[] = [
  ...([
    undefined,
    'year',
    'month',
    'day',
    'hour',
    'minute',
    'second',
    'year to month',
    'day to hour',
  ] as const),
  ...(['day to minute', 'day to second', 'hour to minute', 'hour to second', 'minute to second'] as const),
];

test('intervals, with and without a range of fields', async () => {
  const readings = RANGES.flatMap((range) =>
    INTERVALS.map((text) => {
      const read = (): string => {
        const { months, days, micros } = parseInterval(text, range);
        return intervalToText(months, days, micros);
      };
      return { text, type: `interval ${range ?? ''}`, read };
    }),
  );
  const { wrong, read } = await misread(readings);
  expect(wrong).toEqual([]);
  expect(read).toBeGreaterThan(2000);
});
