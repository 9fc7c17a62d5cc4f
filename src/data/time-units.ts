// The names of units of time, with Postgres' abbreviations and plurals (its deltatktbl). Words count to ten letters.

export type TimeUnit =
  | 'microsecond'
  | 'millisecond'
  | 'second'
  | 'minute'
  | 'hour'
  | 'day'
  | 'week'
  | 'month'
  | 'quarter'
  | 'year'
  | 'decade'
  | 'century'
  | 'millennium';

const NAMES: Readonly<Record<TimeUnit, string>> = {
  microsecond: 'microsecon us usec usecond useconds usecs',
  millisecond: 'millisecon ms msec msecond mseconds msecs',
  second: 's sec second seconds secs',
  minute: 'm min mins minute minutes',
  hour: 'h hour hours hr hrs',
  day: 'd day days',
  week: 'w week weeks',
  month: 'mon mons month months',
  quarter: 'qtr quarter',
  year: 'y year years yr yrs',
  decade: 'dec decade decades decs',
  century: 'c cent centuries century',
  millennium: 'mil millennia millennium mils',
};

const UNITS: ReadonlyMap<string, TimeUnit> = new Map(
  (Object.entries(NAMES) as [TimeUnit, string][]).flatMap(([unit, names]) =>
    names.split(' ').map((name) => [name, unit] as const),
  ),
);

export function timeUnit(word: string): TimeUnit | undefined {
  return UNITS.get(word.toLowerCase().slice(0, 10));
}
