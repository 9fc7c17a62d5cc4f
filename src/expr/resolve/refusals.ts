// Errors of type resolution, and what PostgreSQL has and Millrace refuses by name, with the reason.

import { MillraceError } from '../../errors.ts';
import type { TextSpan } from '../../errors.ts';
import { typeName } from '../../data/types.ts';
import { functionNames } from './candidates.ts';
import { nearNames } from './near-names.ts';
import type { ArgType, PgType } from './pg-types.ts';
import { typeOfPg } from './pg-types.ts';

const CLOCK = 'its value changes while the query runs, so a stored result would go stale';
const CLOCK_HINT =
  'in WHERE and HAVING a time can be compared with now(): rows then enter and leave as time passes; elsewhere use a column of the source';
const RANDOM = 'it gives another value each time, so a row could not be retracted';
const SESSION = 'it depends on a session, and a continuous query has none';

/** Functions whose value is not determined by their arguments. Names, then why. */
const NOT_DETERMINISTIC: ReadonlyMap<string, string> = new Map([
  ...each('now transaction_timestamp statement_timestamp clock_timestamp timeofday', CLOCK),
  ...each('current_date current_time current_timestamp localtime localtimestamp', CLOCK),
  ...each('random random_normal setseed gen_random_uuid uuidv4 uuidv7', RANDOM),
  ...each('nextval currval lastval setval pg_sleep txid_current pg_backend_pid', SESSION),
  ...each('current_user session_user user current_role current_catalog current_schema', SESSION),
  ...each('current_database current_setting set_config inet_client_addr version', SESSION),
]);

/** Names that PostgreSQL has and Millrace has not yet; other names are unknown. */
const LACKING: ReadonlySet<string> = new Set(
  `ascii chr lpad rpad acos acosd acosh age array_agg array_append array_cat array_length array_position array_remove array_replace
array_to_string asin asind asinh atan atan2 atan2d atand atanh bit_and bit_count bit_length bit_or bit_xor bool_and bool_or
cardinality casefold cbrt concat_ws convert_from convert_to corr cos cosd cosh cot cotd covar_pop covar_samp crc32 crc32c
cube cume_dist date_add date_subtract decode degrees dense_rank encode every exp factorial first_value format gamma
generate_series get_bit get_byte grouping host initcap json_agg json_array_length json_build_array json_build_object
json_extract_path json_extract_path_text json_object_agg json_typeof jsonb_agg jsonb_array_elements
jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text
jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object_agg jsonb_object_keys jsonb_path_exists
jsonb_path_query jsonb_pretty jsonb_set jsonb_strip_nulls jsonb_typeof lag last_value lead lgamma ln log log10
make_date make_interval make_time make_timestamp make_timestamptz md5 min_scale mode normalize nth_value ntile
num_nonnulls num_nulls numrange overlaps overlay parse_ident percent_rank percentile_cont percentile_disc pi power
pow quote_ident quote_literal quote_nullable radians rank regexp_count regexp_instr regexp_like regexp_match
regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr regr_avgx regr_avgy
regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy row_number row_to_json scale sha224 sha256
sha384 sha512 sin sind sinh stddev stddev_pop stddev_samp string_agg string_to_array string_to_table tan tand tanh
to_bin to_char to_date to_hex to_json to_jsonb to_number to_oct to_timestamp translate trim_scale unnest var_pop
var_samp variance width_bucket any_value erf erfc date_diff`.split(/\s+/),
);

function each(names: string, reason: string): [string, string][] {
  return names.split(' ').map((name) => [name, reason]);
}

export function isKnownToPostgres(name: string): boolean {
  return LACKING.has(name) || NOT_DETERMINISTIC.has(name);
}

export function argTypeName(type: ArgType): string {
  return type === 'unknown' ? 'unknown' : typeName(type);
}

export function pgTypeName(pg: PgType): string {
  const type = typeOfPg(pg);
  return type === undefined ? pg : typeName(type);
}

export function listTypes(args: readonly ArgType[]): string {
  return args.map(argTypeName).join(', ');
}

/** Raised before resolution for names that are refused whatever their arguments are. */
export function refuseNotDeterministic(name: string, span: TextSpan | undefined): void {
  const reason = NOT_DETERMINISTIC.get(name);
  if (reason === undefined) return;
  throw new MillraceError({
    code: 'NOT_DETERMINISTIC',
    message: `function ${name} is not supported in a continuous query: ${reason}`,
    hint: reason === CLOCK ? CLOCK_HINT : 'use a column of the source, such as its event time',
    span,
  });
}

export function unknownFunction(
  name: string,
  args: readonly ArgType[],
  span: TextSpan | undefined,
): MillraceError {
  if (LACKING.has(name))
    return new MillraceError({
      code: 'UNSUPPORTED_FUNCTION',
      message: `function ${name} is not supported yet`,
      hint: 'docs/sql-reference.md lists what there is',
      span,
    });
  const near = nearNames(name, functionNames());
  return new MillraceError({
    code: 'UNKNOWN_FUNCTION',
    message: `function ${name}(${listTypes(args)}) does not exist`,
    hint: near.length === 0 ? undefined : `did you mean ${near.join(', ')}?`,
    span,
  });
}
