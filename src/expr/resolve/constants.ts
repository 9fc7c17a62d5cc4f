// Constants that some functions read as a language of their own (patterns, time zones): what Millrace does not know is refused when
// the query is submitted, not row by row.

import { MillraceError } from '../../errors.ts';
import type { TextSpan } from '../../errors.ts';
import { RowFailure } from '../../data/failure.ts';
import type { BoundExpr } from '../bound.ts';
import type { RegexUse } from '../runtime/regex.ts';
import { parsePath } from '../runtime/json-path/parse.ts';
import { compileRegex } from '../runtime/regex.ts';
import { timeField } from '../runtime/fields.ts';
import { zoneOf } from '../runtime/zones.ts';
import { nearNames } from './near-names.ts';

const FIELD_NAMES =
  'microsecond millisecond second minute hour day week month quarter year decade century millennium dow doy epoch'.split(
    ' ',
  );

const PATTERNS: ReadonlyMap<string, RegexUse> = new Map([
  ...['~', '!~', '~*', '!~*', 'regexp_like'].map((name) => [name, 'language'] as const),
  ...[
    'regexp_count',
    'regexp_match',
    'regexp_substr',
    'regexp_instr',
    'regexp_replace',
    'regexp_split_to_array',
  ].map((name) => [name, 'extent'] as const),
]);

/** Functions whose first argument names a unit or field of time. */
const BY_UNIT: ReadonlySet<string> = new Set(['date_trunc', 'date_part', 'extract']);

export function refuseConstants(name: string, call: BoundExpr, span: TextSpan | undefined): void {
  if (call.kind !== 'call') return;
  if (name === 'timezone') refuseZone(call.args[0]!, span);
  if (BY_UNIT.has(name)) refuseUnit(name, call.args[0]!, span);
  if (name === '@?' || name === '@@' || name.startsWith('jsonb_path_')) refusePath(call.args[1]!, span);
  const use = PATTERNS.get(name);
  if (use !== undefined) refusePattern(call.args[1], name.endsWith('*'), use, span);
}

/** A prefix operator has no second argument. */
function refusePattern(
  pattern: BoundExpr | undefined,
  foldCase: boolean,
  use: RegexUse,
  span: TextSpan | undefined,
): void {
  if (pattern?.kind !== 'literal' || typeof pattern.value !== 'string') return;
  const text = pattern.value;
  readConstant(() => compileRegex(text, foldCase, use), pattern.span ?? span, {
    invalid: 'it is a regular expression of PostgreSQL',
    code: 'UNSUPPORTED_REGEX',
    hint: 'classes, sequences and greedy quantifiers of single characters are there; ~ takes alternatives and groups too',
  });
}

function refusePath(path: BoundExpr, span: TextSpan | undefined): void {
  if (path.kind !== 'literal' || typeof path.value !== 'string') return;
  const text = path.value;
  readConstant(() => parsePath(text), path.span ?? span, {
    invalid: "it is a path of SQL/JSON, such as '$.a[*] ? (@ > 1)'",
    code: 'UNSUPPORTED_FUNCTION',
    hint: 'members, subscripts, filters, arithmetic and methods of numbers, booleans and texts are there',
  });
}

interface Refusal {
  /** The hint for what is malformed. */
  readonly invalid: string;
  /** Of what Millrace lacks. */
  readonly code: 'UNSUPPORTED_REGEX' | 'UNSUPPORTED_FUNCTION';
  readonly hint: string;
}

function readConstant(read: () => unknown, span: TextSpan | undefined, refusal: Refusal): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof RowFailure)) throw error;
    const lacking = error.sqlstate === '0A000';
    throw new MillraceError({
      code: lacking ? refusal.code : 'INVALID_LITERAL',
      message: error.message,
      hint: lacking ? refusal.hint : refusal.invalid,
      span,
    });
  }
}

function refuseUnit(name: string, unit: BoundExpr, span: TextSpan | undefined): void {
  if (unit.kind !== 'literal' || typeof unit.value !== 'string' || timeField(unit.value) !== undefined)
    return;
  const near = nearNames(unit.value, FIELD_NAMES);
  throw new MillraceError({
    code: 'CONSTANT_FAILS',
    message: `unit "${unit.value.toLowerCase()}" of ${name} is not recognized`,
    hint: near.length === 0 ? `units are ${FIELD_NAMES.join(', ')}` : `did you mean ${near.join(', ')}?`,
    span: unit.span ?? span,
  });
}

function refuseZone(zone: BoundExpr, span: TextSpan | undefined): void {
  if (zone.kind !== 'literal' || typeof zone.value !== 'string' || zoneOf(zone.value) !== undefined) return;
  throw new MillraceError({
    code: 'UNSUPPORTED_TIME_ZONE',
    message: `time zone "${zone.value}" is not known`,
    hint: "zones are named as in 'Europe/Berlin' and 'UTC', or given as an interval",
    span: zone.span ?? span,
  });
}
