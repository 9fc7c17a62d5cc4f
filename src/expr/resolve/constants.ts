// Constants that some functions read as a language of their own (patterns, time zones): what Millrace does not know is refused when
// the query is submitted, not row by row.

import { MillraceError } from '../../errors.ts';
import type { TextSpan } from '../../errors.ts';
import { RowFailure } from '../../data/failure.ts';
import type { BoundExpr } from '../bound.ts';
import type { RegexUse } from '../runtime/regex.ts';
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
  const use = PATTERNS.get(name);
  const pattern = call.args[1];
  if (use === undefined || pattern?.kind !== 'literal' || typeof pattern.value !== 'string') return;
  try {
    compileRegex(pattern.value, name.endsWith('*'), use);
  } catch (error) {
    if (!(error instanceof RowFailure)) throw error;
    if (error.sqlstate !== '0A000')
      throw new MillraceError({
        code: 'INVALID_LITERAL',
        message: error.message,
        hint: 'it is a regular expression of PostgreSQL',
        span: pattern.span ?? span,
      });
    throw new MillraceError({
      code: 'UNSUPPORTED_REGEX',
      message: error.message,
      hint: 'classes, sequences and greedy quantifiers of single characters are there; ~ takes alternatives and groups too',
      span: pattern.span ?? span,
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
