// to_date and to_timestamp with a template against the real Postgres: texts that were chosen, and what to_char made of times by
// random templates, whole and cut, read by the same and by others.

import { expect, test } from 'vitest';
import { testSeed } from '../setup/seed.ts';
import type { Outcome } from './compare.ts';
import { useOracle } from './compare.ts';
import { compareFamilies } from './families.ts';
import { randomSource } from './random-expressions.ts';

const oracle = useOracle();

const SEED = testSeed();
const BOTH = 'to_date(c0, c1)\nto_timestamp(c0, c1)';

const PAIRS: readonly (readonly [string, string])[] = [
  ['2024-02-29', 'YYYY-MM-DD'], ['2023-02-29', 'YYYY-MM-DD'], ['20240229', 'YYYYMMDD'], ['2024229', 'YYYYMMDD'], ['24-2-9', 'YY-MM-DD'],
  ['70-1-1', 'YY-MM-DD'], ['69-1-1', 'YY-MM-DD'], ['519-1-1', 'YYY-MM-DD'], ['520-1-1', 'YYY-MM-DD'], ['9-1-1', 'Y-MM-DD'],
  ['2024/02/29', 'YYYY-MM-DD'], ['2024 02 29', 'YYYY-MM-DD'], ['  2024   02  29', 'YYYY MM DD'], ['2024--02', 'YYYY-MM'], ['2024-02', 'YYYY--MM'],
  ['2024-02-29', 'FXYYYY-MM-DD'], ['2024  02 29', 'FXYYYY MM DD'], ['2024-2-29', 'FXYYYY-MM-DD'], ['2024-2-29', 'FXYYYY-FMMM-DD'],
  ['1 4 1902', 'Q MM YYYY'], ['3 4 21 01', 'W MM CC YY'], ['2458872', 'J'], ['44-02-01 BC', 'YYYY-MM-DD BC'], ['-44-02-01', 'YYYY-MM-DD'],
  ['-44-02-01 BC', 'YYYY-MM-DD BC'], ['44-02-01 a.d.', 'YYYY-MM-DD B.C.'], ['20', 'CC'], ['-5', 'CC'], ['5 BC', 'CC BC'], ['19 00', 'CC YY'],
  ['21 24', 'CC YY'], ['6 44 BC', 'CC YY BC'], ['6 00 BC', 'CC YY BC'], ['2005527', 'IYYYIWID'], ['2005-53', 'IYYY-IW'], ['2005301', 'IYYYIDDD'],
  ['2005 5', 'IYYY IDDD'], ['2000-366', 'YYYY-DDD'], ['2001-366', 'YYYY-DDD'], ['366', 'DDD'], ['2001-400', 'YYYY-DDD'], ['2024-10', 'YYYY-WW'],
  ['2024-10', 'YYYY-IW'], ['2024-3', 'YYYY-W'], ['2024-02-3', 'YYYY-MM-W'], ['2024-xii', 'YYYY-RM'], ['2024-IX-1', 'YYYY-rm-DD'], ['2024-b', 'YYYY-RM'],
  ['12:30 PM', 'HH12:MI PM'], ['12:30 am', 'HH:MI AM'], ['13:30 PM', 'HH12:MI PM'], ['0:30', 'HH:MI'], ['11:30 p.m.', 'HH12:MI a.m.'], ['23:59:60', 'HH24:MI:SS'],
  ['24:00', 'HH24:MI'], ['12:60', 'HH24:MI'], ['86399', 'SSSS'], ['86400', 'SSSSS'], ['3661', 'SSSSS'], ['12 3661', 'HH24 SSSS'], ['1.5', 'SS.MS'], ['1.25', 'SS.MS'],
  ['1.250', 'SS.MS'], ['1.123456', 'SS.US'], ['1.5 25', 'SS.MS US'], ['1.123456', 'SS.FF3'], ['1.123567', 'SS.FF3'], ['1.9999999', 'SS.US'], ['1.12', 'SS.FF1'],
  ['2024-02-29 10:00 +05:30', 'YYYY-MM-DD HH24:MI TZH:TZM'], ['2024-02-29 10:00-08', 'YYYY-MM-DD HH24:MITZH'], ['2024-02-29 10:00 -08', 'YYYY-MM-DD HH24:MI TZH'],
  ['10:00 16', 'HH24:MI TZH'], ['10:00 15:59', 'HH24:MI OF'], ['10:00 -03:30', 'HH24:MI TZ'], ['10:00 utc', 'HH24:MI TZ'], ['10:00 Z', 'HH24:MI TZ'], ['30', 'TZM'],
  ['Monday 5 March 2024', 'Day DD Month YYYY'], ['MON 5 mar 2024', 'DY DD MON YYYY'], ['5 Marchy', 'DD Month'], ['5 Mar', 'DD Month'], ['5 March', 'DD Mon'],
  ['2,024-03', 'Y,YYY-MM'], ['2024-03', 'Y,YYY-MM'], ['2,24', 'Y,YYY'], ['1,2345', 'Y,YYY'], ['1st of 3', 'DDTH "of" MM'], ['3rd 2', 'DDth MM'], ['2024th', 'YYYYth'],
  ['', 'YYYY'], ['2024', ''], ['2024', 'YYYY YYYY'], ['2024 2024', 'YYYY YYYY'], ['2024 2025', 'YYYY YYYY'], ['5 6', 'DD DD'], ['2024 03', 'YYYY IW'], ['2024 Mon', 'IYYY Mon'],
  ['abc', 'YYYY'], ['99999999999', 'YYYY'], ['2147483647', 'YYYY'], ['294277-01-01', 'YYYY-MM-DD'], ['5874898', 'YYYY'], ['5874897-12-31', 'YYYY-MM-DD'], ['4714 BC', 'YYYY BC'],
  ['2024é03', 'YYYY-MM'], ['2024é03', 'YYYY"é"MM'], ['2024xx03', 'YYYY"xx"MM'], ['2024 xx 03', 'YYYY"xx"MM'], ['20240229x', 'YYYYMMDD'], ['2 4', 'YYYYMM'], ['20 24', 'YYYY'],
  ['2024\t03', 'YYYY MM'], ['a2024', '"b"YYYY'], ['a 2024', '"b"YYYY'], [' 2024', '"b"YYYY'], ['2024-0', 'YYYY-MM'], ['2024-13', 'YYYY-MM'], ['31 2', 'DD MM'], ['2024-00-05', 'YYYY-MM-DD'],
  ['0000', 'YYYY'], ['0000-01-01', 'YYYY-MM-DD'], ['+2024', 'YYYY'], ['+24-1', 'YY-MM'], ['2024-1-1 1', 'YYYY-DD-DD HH24'], ['1997 AD @', 'YYYY BC @'], ['2024*02*29', 'YYYY*MM*DD'],
]; // prettier-ignore

test('texts and templates', { timeout: 60_000 }, async () => {
  const templates = [...new Set(PAIRS.map(([, template]) => template))];
  const rows: Outcome[][] = [
    ...PAIRS.map((pair) => [...pair]),
    ...PAIRS.flatMap(([text], i) =>
      Array.from({ length: 12 }, (_, n) => [text, templates[(i * 7 + n * 13) % templates.length]!]),
    ),
    ...[
      ['2024', null],
      [null, 'YYYY'],
      [null, null],
    ],
  ];
  const { found, cases } = await compareFamilies(oracle, [
    { kinds: ['text', 'text'], rows, expressions: BOTH },
  ]);
  expect(found.filter((line) => !isForeignZone(line) && !isFarWeek(line))).toEqual([]);
  expect(cases).toBeGreaterThan(2500);
});

/** Names of zones other than UTC are refused. */
function isForeignZone(line: string): boolean {
  return /TZ.*: ERROR 0A000, in Postgres/.test(line);
}

/** Days of ISO years beyond the calendar, where PostgreSQL's integers wrap around into some other date. */
function isFarWeek(line: string): boolean {
  return /"[^"]*I(W|D|Y)[^"]*".*: ERROR 22008, in Postgres \d/.test(line);
}

const WORDS =
  'YYYY YYY YY Y IYYY IY I MM MM MON Month RM DD DD DDD IDDD D ID WW IW W Q CC J HH24 HH12 HH MI SS MS US FF3 FF6 SSSSS AM p.m. BC a.d. TZH TZH:TZM OF Day DY Y,YYY FX'.split(
    ' ',
  );
const GAPS = ['-', ' ', '/', ':', '', '', '.', '"x"', '  ', ', ', '*'];

function randomRows(count: number): Outcome[][] {
  const random = randomSource(SEED);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const template = (): string => {
    const many = 1 + Math.floor(random() * 5);
    return Array.from(
      { length: many },
      () => `${random() < 0.15 ? 'FM' : ''}${pick(WORDS)}${random() < 0.08 ? 'th' : ''}${pick(GAPS)}`,
    ).join('');
  };
  return Array.from({ length: count }, () => {
    const year = random() < 0.8 ? 1 + Math.floor(random() * 3000) : Math.floor(random() * 200_000) - 4000;
    const seconds = Math.floor(random() * 366 * 86400);
    const shown = template();
    return [
      String((year - 1970) * 31_556_952 + seconds + Math.floor(random() * 1e6) / 1e6),
      shown,
      random() < 0.75 ? shown : template(),
      String(Math.floor(random() * 30)),
    ];
  });
}

test(`what to_char wrote, seed ${SEED}`, { timeout: 120_000 }, async () => {
  const rows = randomRows(1500);
  const written = 'to_char(to_timestamp(c0), c1)';
  const { found, cases } = await compareFamilies(oracle, [
    {
      kinds: ['double', 'text', 'text', 'integer'],
      rows,
      expressions: `to_date(${written}, c2)\nto_timestamp(${written}, c2)\nto_timestamp(left(${written}, c3), c2)`,
    },
  ]);
  expect(found.filter((line) => !isForeignZone(line) && !isFarWeek(line))).toEqual([]);
  expect(cases).toBeGreaterThan(4000);
});
