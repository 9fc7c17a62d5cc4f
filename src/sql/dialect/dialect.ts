// The other dialects, and what of them is a matter of characters and defaults: how names and strings are written, where
// NULLs are sorted. Constructs and functions are in the files beside.

import { MillraceError } from '../../errors.ts';

export const DIALECTS = ['flinksql', 'mysql', 'snowflake', 'bigquery', 'trino'] as const;

export type Dialect = (typeof DIALECTS)[number];

export interface Rules {
  readonly dialect: Dialect;
  /** As its makers write it. */
  readonly title: string;
  readonly doubleQuotes: 'name' | 'string' | 'refused';
  readonly backticks: boolean;
  /** `\n` and its like in strings. */
  readonly backslash: boolean;
  /** `''` in a string is one quote. */
  readonly doubled: boolean;
  /** What begins a comment up to the end of the line; `--` always does. */
  readonly comments: readonly string[];
  /** `"ABC"` and `abc` are one name, `"abc"` is another. */
  readonly upperNames: boolean;
  /** Where ORDER BY puts NULLs when nothing is said. PostgreSQL has them `high`. */
  readonly nulls: 'low' | 'high' | 'last';
  /** Is a backslash in a LIKE pattern an escape when nothing is said, as in PostgreSQL? */
  readonly likeEscape: boolean;
  /** Is `1.5` a double? Elsewhere it is a decimal, as in PostgreSQL. */
  readonly doubleLiterals: boolean;
}

const STANDARD: Omit<Rules, 'dialect' | 'title'> = {
  doubleQuotes: 'name',
  backticks: false,
  backslash: false,
  doubled: true,
  comments: [],
  upperNames: false,
  nulls: 'last',
  likeEscape: false,
  doubleLiterals: false,
};

export const RULES: Readonly<Record<Dialect, Rules>> = {
  flinksql: {
    ...STANDARD,
    dialect: 'flinksql',
    title: 'Flink SQL',
    doubleQuotes: 'refused',
    backticks: true,
    nulls: 'low',
  },
  mysql: {
    ...STANDARD,
    dialect: 'mysql',
    title: 'MySQL',
    doubleQuotes: 'string',
    backticks: true,
    backslash: true,
    comments: ['#'],
    nulls: 'low',
    likeEscape: true,
  },
  snowflake: {
    ...STANDARD,
    dialect: 'snowflake',
    title: 'Snowflake',
    backslash: true,
    comments: ['//'],
    upperNames: true,
    nulls: 'high',
  },
  bigquery: {
    ...STANDARD,
    dialect: 'bigquery',
    title: 'BigQuery',
    doubleQuotes: 'string',
    backticks: true,
    backslash: true,
    doubled: false,
    comments: ['#'],
    nulls: 'low',
    likeEscape: true,
    doubleLiterals: true,
  },
  trino: { ...STANDARD, dialect: 'trino', title: 'Trino' },
};

/** The dialect of that name; undefined for PostgreSQL, our own. */
export function dialectNamed(name: string): Dialect | undefined {
  const lower = name.toLowerCase();
  if (lower === 'postgresql' || lower === 'postgres') return undefined;
  const known = DIALECTS.find((dialect) => dialect === lower);
  if (known !== undefined) return known;
  throw new MillraceError({
    code: 'UNKNOWN_DIALECT',
    message: `there is no dialect "${name}"`,
    hint: `one of postgresql, ${DIALECTS.join(', ')}`,
  });
}
