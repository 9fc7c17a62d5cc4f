// Seeded random queries over one table: most of them of fitting types, some not, so that both acceptance and refusal are asked.

import { FUNCTIONS } from '../../src/expr/catalog/functions.ts';
import { OPERATORS } from '../../src/expr/catalog/operators.ts';
import { candidatesFor, functionCandidates, operatorCandidates } from '../../src/expr/resolve/candidates.ts';
import type { Candidate } from '../../src/expr/resolve/select.ts';

/** Column, its declaration in PostgreSQL, and the type's name in its catalog. */
export const COLUMNS: readonly (readonly [name: string, declared: string, type: string])[] = [
  ['b', 'boolean', 'bool'],
  ['s', 'smallint', 'int2'],
  ['i', 'integer', 'int4'],
  ['l', 'bigint', 'int8'],
  ['r', 'real', 'float4'],
  ['d', 'double precision', 'float8'],
  ['n', 'numeric', 'numeric'],
  ['m', 'numeric(12,2)', 'numeric'],
  ['t', 'text', 'text'],
  ['vc', 'varchar(5)', 'varchar'],
  ['by', 'bytea', 'bytea'],
  ['u', 'uuid', 'uuid'],
  ['day', 'date', 'date'],
  ['w', 'time', 'time'],
  ['ts', 'timestamp', 'timestamp'],
  ['tz', 'timestamptz', 'timestamptz'],
  ['v', 'interval', 'interval'],
  ['j', 'jsonb', 'jsonb'],
  ['li', 'integer[]', '_int4'],
  ['lt', 'text[]', '_text'],
  ['ln', 'numeric[]', '_numeric'],
];

const LITERALS = [
  ...[
    '1',
    '0',
    '-7',
    '2147483648',
    '9223372036854775808',
    '1.5',
    '1e3',
    'TRUE',
    'NULL',
    "'a'",
    "'12'",
    "'1.5'",
  ],
  ...["'{1,2}'", "'2020-02-29'", "'1 day'", "'{}'", "'true'", "''", "DATE '2020-01-01'", "INTERVAL '1 hour'"],
  ...[
    "'abc'::text",
    '\'{"a": 1}\'::jsonb',
    "'x'::varchar(3)",
    'NULL::integer',
    "TIMESTAMP '2020-01-01 10:00'",
  ],
];

const CAST_TYPES = [
  ...COLUMNS.map(([, declared]) => declared),
  'varchar',
  'bigint[]',
  'varchar(2)[]',
  'double precision[]',
];

/** Aggregates, which stand elsewhere. */
const LEFT_OUT = new Set(['sum', 'avg', 'min', 'max']);
const NAMES = Object.keys(FUNCTIONS).filter((name) => !LEFT_OUT.has(name));
const SYMBOLS = Object.keys(OPERATORS);
const PATHS = [
  "'$.a'",
  "'strict $[*] ? (@ > 1)'",
  "'$.a == 1'",
  "'$.'",
  "'$v + 1'",
  "'$.datetime()'",
  'NULL',
];
/** Called as functions. */
const TYPES = [
  'bool',
  'int2',
  'int4',
  'int8',
  'float4',
  'float8',
  'date',
  'text',
  'bytea',
  'uuid',
  'jsonb',
  'timestamptz',
  'point',
];
/** Refused by name, as functions of PostgreSQL. */
const REFUSED = [
  'int4pl',
  'textcat',
  'to_json',
  'to_tsvector',
  'pg_typeof',
  'now',
  'xmlexists',
  'random',
  'date_cmp',
];

export class QuerySource {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  #pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)]!;
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  /** An expression, of the type if that is easily had. */
  expr(depth: number, type?: string): string {
    if (depth <= 0) return this.#leaf(type);
    const roll = this.#random();
    if (roll < 0.2) return this.#leaf(type);
    if (roll < 0.5) return this.#operator(depth);
    if (roll < 0.75) return this.#call(depth);
    if (roll < 0.85) return `CAST(${this.expr(depth - 1)} AS ${this.#pick(CAST_TYPES)})`;
    return this.#construct(depth);
  }

  #leaf(type?: string): string {
    if (type === 'jsonpath') return this.#pick(PATHS);
    const fitting = COLUMNS.filter(([, , pg]) => pg === type);
    if (fitting.length > 0 && this.#chance(0.8)) return this.#pick(fitting)[0];
    return this.#chance(0.6) ? this.#pick(COLUMNS)[0] : this.#pick(LITERALS);
  }

  #arguments(candidate: Candidate, depth: number): string[] {
    return candidate.params.map((param) =>
      this.expr(this.#chance(0.4) ? depth - 1 : 0, this.#concrete(param)),
    );
  }

  #concrete(param: string): string {
    if (!param.startsWith('any')) return param;
    return /array$/.test(param) && !param.endsWith('nonarray') ? '_int4' : 'int4';
  }

  #operator(depth: number): string {
    const symbol = this.#pick(SYMBOLS);
    const candidate = this.#pick(this.#known(operatorCandidates(symbol)!));
    const args = this.#arguments(candidate, depth);
    return args.length === 1 ? `(${symbol} (${args[0]!}))` : `(${args[0]!} ${symbol} ${args[1]!})`;
  }

  /** Mostly a candidate over types that there are columns of. */
  #known(candidates: readonly Candidate[]): readonly Candidate[] {
    const types = new Set(COLUMNS.map(([, , pg]) => pg));
    const known = candidates.filter((c) => c.params.every((p) => types.has(p) || p.startsWith('any')));
    return known.length > 0 && this.#chance(0.9) ? known : candidates;
  }

  #call(depth: number): string {
    const name = this.#pick(NAMES);
    const candidate = this.#pick(this.#known(functionCandidates(name)));
    const last = candidate.variadic === true ? candidate.params.length + Math.floor(this.#random() * 2) : 0;
    const expanded = candidate.variadic === true ? (candidatesFor(name, last)[0] ?? candidate) : candidate;
    const args = this.#arguments(expanded, depth);
    if (this.#chance(0.05)) args.pop();
    return `"${name}"(${args.join(', ')})`;
  }

  #construct(depth: number): string {
    const e = (type?: string): string => this.expr(depth - 1, type);
    const [, , type] = this.#pick(COLUMNS);
    const forms = [
      () => `CASE WHEN ${e('bool')} THEN ${e(type)} ELSE ${e(type)} END`,
      () => `CASE ${e(type)} WHEN ${e(type)} THEN ${e()} END`,
      () => `COALESCE(${e(type)}, ${e(type)})`,
      () => `NULLIF(${e(type)}, ${e(type)})`,
      () => `GREATEST(${e(type)}, ${e(type)}, ${e(type)})`,
      () => `(${e(type)} IN (${e(type)}, ${e(type)}))`,
      () => `(${e(type)} BETWEEN ${e(type)} AND ${e(type)})`,
      () => `(${e(type)} NOT BETWEEN SYMMETRIC ${e(type)} AND ${e(type)})`,
      () => `(${e(type)} IS DISTINCT FROM ${e(type)})`,
      () => `(${e('text')} LIKE ${e('text')})`,
      () => `(${e('text')} NOT ILIKE ${e('text')} ESCAPE '#')`,
      () => `(${e('bool')} AND ${e('bool')} OR NOT ${e('bool')})`,
      () => `(${e(type)} IS NULL)`,
      () => `(${e('bool')} IS NOT TRUE)`,
      () => `ARRAY[${e(type)}, ${e(type)}]`,
      () => `(${e('int4')} = ANY (${e('_int4')}))`,
      () => `(${e('text')} <> ALL (${e('_text')}))`,
      () => `(li)[${e('int4')}]`,
      () => `(lt)[${e('int4')}:${e('int4')}]`,
      () => `((${e(type)}, ${e('int4')}) < (${e(type)}, ${e('int4')}))`,
      () =>
        `EXTRACT(${this.#pick(['year', 'epoch', 'hour'])} FROM ${e(this.#pick(['date', 'timestamp', 'interval', 'time']))})`,
      () => `(${e(this.#pick(['timestamp', 'timestamptz']))} AT TIME ZONE 'UTC')`,
      () => `SUBSTRING(${e('text')} FROM ${e('int4')} FOR 2)`,
      () => `POSITION(${e('text')} IN ${e('text')})`,
      () => `TRIM(BOTH FROM ${e('text')})`,
      () => `${this.#pick(TYPES)}(${e()})`,
      () => `${this.#pick(REFUSED)}(${e()}, ${e()})`,
      () => `(${e('text')} IS NFC NORMALIZED)`,
      () => `((${e('timestamp')}, ${e('interval')}) OVERLAPS (${e('timestamp')}, ${e('timestamp')}))`,
      () => `to_char(${e(this.#pick(['int4', 'numeric', 'float8', 'timestamp']))}, '999.9')`,
      () => `OVERLAY(${e('text')} PLACING ${e('text')} FROM ${e('int4')})`,
    ];
    return this.#pick(forms)();
  }

  query(): string {
    const depth = 1 + Math.floor(this.#random() * 2);
    const roll = this.#random();
    const e = (type?: string): string => this.expr(depth, type);
    if (roll < 0.6) return `SELECT ${e()} AS x FROM wide`;
    if (roll < 0.75) return `SELECT ${e()} AS x, ${e()} AS y FROM wide WHERE ${this.expr(depth, 'bool')}`;
    if (roll < 0.85) {
      const aggregate = this.#pick(['count', 'min', 'max', 'avg', 'sum']);
      return `SELECT ${this.#leaf()} AS x, ${aggregate}(${e()}) AS y FROM wide GROUP BY 1`;
    }
    if (roll < 0.95) return `SELECT ${e()} AS x FROM wide UNION ALL SELECT ${e()} FROM wide`;
    return `SELECT q.x, ${this.expr(1, 'int4')} AS y FROM (SELECT ${e()} AS x, wide.* FROM wide) AS q WHERE q.x IS NOT NULL`;
  }
}
