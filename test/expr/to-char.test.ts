// to_char of times against the real Postgres: every keyword, alone and among others, over edge values.

import { expect, test } from 'vitest';
import { useOracle } from './compare.ts';
import type { EdgeKind } from './edge-values.ts';
import { compareFamilies } from './families.ts';

const oracle = useOracle();

const FIELDS =
  'A.D. A.M. AD AM B.C. BC CC DAY DDD DD DY Day Dy D FF1 FF2 FF3 FF4 FF5 FF6 FX HH24 HH12 HH IDDD ID IW IYYY IYY IY I J MI MM ' +
  'MONTH MON MS Month Mon OF P.M. PM Q RM SSSSS SSSS SS TZH TZM TZ US WW W Y,YYY YYYY YYY YY Y a.d. a.m. ad am bc cc day dy ' +
  'd ff3 hh24 iyyy j month mon of p.m. pm q rm tz tzh tzm us w y,yyy yyyy y';

const TEMPLATES = [
  'YYYY-MM-DD HH24:MI:SS.US',
  'FMDay, FMDD FMMonth YYYY, HH12:MI am',
  'IYYY-"W"IW-ID',
  '"quoted YYYY \\" and \\\\" YYYY',
  'YYYYMMDDHH24MISS',
  'DDth of Month, DDDTH day, YYYYTH, HH12th, MIth, FF3th',
  'FMMM/FMDD/FMYY FMRM| RM |FMHH24-FMMI FMY,YYY FMCC FMIW FMOF',
  'literal äöü 😀 \\"x\\" fm FX FM',
  'Dy DY dy Dth',
  'DSP MMSP',
  'YyYyYy HHhh',
  '',
  ' ',
];

const quoted = (template: string): string => `'${template}'`;

test.each(['timestamp', 'timestamptz', 'interval'] as const)(
  'to_char of %s',
  { timeout: 120_000 },
  async (kind) => {
    // Weeks and days of ISO years, and Julian days, are refused of intervals.
    const asked = FIELDS.split(' ').filter((f) => kind !== 'interval' || !/^(I|J)/i.test(f));
    const each = [
      ...asked.flatMap((f) => [f, `FM${f}`]),
      ...TEMPLATES.filter((t) => kind !== 'interval' || !/IYYY|IW|literal/.test(t)),
    ];
    const { found, cases } = await compareFamilies(oracle, [
      {
        kinds: [kind as EdgeKind],
        expressions: each.map((template) => `to_char(c0, ${quoted(template)})`).join('\n'),
      },
      { kinds: [kind as EdgeKind, 'text'], expressions: 'to_char(c0, c1)' },
    ]);
    expect(found).toEqual([]);
    expect(cases).toBeGreaterThan(1000);
  },
);
