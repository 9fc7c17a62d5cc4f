// Functions that PostgreSQL has and Millrace does not compute: why, and what to write instead. A test (test/expr/inventory) goes
// through PostgreSQL's whole catalog: each function over our types is computed, or has a reason here.

import { BEHIND_OPERATORS, MACHINERY } from '../catalog/implementing.ts';

export interface Refusal {
  readonly code: 'NOT_DETERMINISTIC' | 'UNSUPPORTED_FUNCTION';
  /** Behind "is not supported: ". */
  readonly reason: string;
  readonly hint: string;
}

const REFERENCE = 'docs/sql-reference.md lists what there is';
const COLUMN = 'use a column of the source, such as its event time';

function lacking(reason: string, hint: string = REFERENCE): Refusal {
  return { code: 'UNSUPPORTED_FUNCTION', reason, hint };
}

function changing(reason: string, hint: string = COLUMN): Refusal {
  return { code: 'NOT_DETERMINISTIC', reason, hint };
}

const CLOCK = changing(
  'its value changes while the query runs, so a stored result would go stale',
  'in WHERE and HAVING a time can be compared with now(): rows then enter and leave as time passes; elsewhere use a column of the source',
);
const RANDOM = changing('it gives another value each time, so a row could not be retracted');
const SESSION = changing('it depends on a session, and a continuous query has none');
const SERVER = changing('it asks the server or changes it, and a view is computed from its sources alone');
const OPERATOR = lacking('it stands behind an operator', 'write the operator');
const INTERNAL = lacking('it is for PostgreSQL itself');
const JSON_TYPE = lacking('the type json is not there', 'jsonb has its like, such as jsonb_build_object');
const XML = lacking('the type xml is not there', 'keep such documents as text');
const SEARCH = lacking('text search is not there', 'LIKE, ILIKE and ~ search in text');
const RANGE = lacking('ranges are not there', 'keep both ends as columns, or use OVERLAPS');
const ENCODING = lacking('all text is in UTF-8', 'convert_from and convert_to take UTF8');
const UNICODE = lacking('it depends on the version of Unicode that a server was built with');
const DECLARED = lacking('the columns of its result are not known', 'take members with -> and ->>');
const PATTERN = lacking(
  'which part of a text an SQL pattern matches is not there',
  'use substring(text FROM regular expression)',
);
const TYPE_CALL = lacking(
  'a type takes one value that has a cast to it',
  'write CAST(… AS …); date + time is a timestamp',
);
const IN_FROM = lacking('it gives rows', 'unnest, jsonb_array_elements and string_to_table are there');
const OVER = lacking('it is a window function', 'write OVER (…) behind it');

const BY_NAME: ReadonlyMap<string, Refusal> = new Map([
  ...each('now transaction_timestamp statement_timestamp clock_timestamp timeofday', CLOCK),
  ...each('current_date current_time current_timestamp localtime localtimestamp', CLOCK),
  ...each('random random_normal setseed gen_random_uuid uuidv4 uuidv7 array_sample array_shuffle', RANDOM),
  ...each('nextval currval lastval setval pg_sleep txid_current pg_backend_pid', SESSION),
  ...each('current_user session_user user current_role current_catalog current_schema', SESSION),
  ...each('current_database current_setting set_config inet_client_addr version', SESSION),
  ...each('current_query current_schemas getdatabaseencoding getpgusername system_user', SESSION),
  ...each('shell_out loread lowrite row_security_active to_regtypemod', SERVER),
  ...each(BEHIND_OPERATORS, OPERATOR),
  ...each('like notlike', OPERATOR),
  ...each(MACHINERY, INTERNAL),
  ...each(
    'dexp dlog1 dlog10 dround dtrunc int4inc int8_sum numeric_div_trunc numeric_exp numeric_inc',
    INTERNAL,
  ),
  ...each(
    'bool int2 int4 int8 float4 float8 numeric text varchar bytea date time timestamp timestamptz',
    TYPE_CALL,
  ),
  ...each('interval', TYPE_CALL),
  ...each('numeric_ln numeric_log numeric_sqrt similar_escape textlen char bpchar name', INTERNAL),
  ...each(
    'array_to_json row_to_json to_json json_array_length json_build_array json_build_object json_object',
    JSON_TYPE,
  ),
  ...each(
    'json_extract_path json_extract_path_text json_populate_record json_strip_nulls json_to_record',
    JSON_TYPE,
  ),
  ...each('json_typeof json_array_elements json_array_elements_text json_each json_each_text', JSON_TYPE),
  ...each('json_object_keys json_populate_recordset json_to_recordset', JSON_TYPE),
  ...each('xml_is_well_formed xml_is_well_formed_content xml_is_well_formed_document xmlexists xmltext', XML),
  ...each('xmlcomment xmlvalidate xpath xpath_exists', XML),
  ...each(
    'to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery json_to_tsvector',
    SEARCH,
  ),
  ...each('ts_debug ts_parse ts_stat ts_token_type', SEARCH),
  ...each('jsonb_to_tsvector array_to_tsvector ts_rank ts_rank_cd ts_headline ts_lexize ts_match_tt', SEARCH),
  ...each('daterange int4range int8range numrange tsrange tstzrange', RANGE),
  ...each('datemultirange int4multirange int8multirange nummultirange tsmultirange tstzmultirange', RANGE),
  ...each('daterange_subdiff int4range_subdiff int8range_subdiff numrange_subdiff', INTERNAL),
  ...each('tsrange_subdiff tstzrange_subdiff suppress_redundant_updates_trigger', INTERNAL),
  ...each('convert to_ascii pg_char_to_encoding pg_encoding_to_char pg_encoding_max_length', ENCODING),
  ...each('unicode_assigned unicode_version icu_unicode_version', UNICODE),
  ...each('jsonb_populate_record jsonb_populate_record_valid jsonb_to_record', DECLARED),
  ...each('jsonb_to_recordset jsonb_populate_recordset', DECLARED),
  ...each('jsonb_each jsonb_each_text jsonb_path_query_tz regexp_matches', IN_FROM),
  ...each('cume_dist dense_rank lag lead nth_value ntile percent_rank rank row_number', OVER),
  ...each('grouping cube', lacking('it stands beside GROUP BY only')),
]);

const NETWORK = lacking('network addresses are not there', 'keep them as text');
const GEOMETRY = lacking('geometric types are not there', 'keep coordinates as columns');
const OTHER_TYPE = lacking('it is over a type that is not there');

/** Over types that are not there. Functions of one's own may have these names. */
const OF_OTHER_TYPES: ReadonlyMap<string, Refusal> = new Map([
  ...each('abbrev broadcast cidr family host hostmask inet_merge inet_same_family macaddr', NETWORK),
  ...each('macaddr8 macaddr8_set7bit masklen netmask network set_masklen', NETWORK),
  ...each('area box center circle diagonal diameter height isclosed ishorizontal isopen', GEOMETRY),
  ...each('isparallel isperp isvertical line lseg npoints path pclose point polygon popen', GEOMETRY),
  ...each('radius slope width bound_box', GEOMETRY),
  ...each('bit varbit cash_words money enum_first enum_last enum_range lower_inc lower_inf', OTHER_TYPE),
  ...each('upper_inc upper_inf isempty multirange range_merge oid regclass timetz xid xml', OTHER_TYPE),
]);

/** Families whose names nothing else has, asked last. */
const BY_PATTERN: readonly (readonly [RegExp, Refusal])[] = [
  [/^(pg|lo|txid|binary_upgrade|RI_FKey)_|^has_\w+_privilege$|^inet_(client|server)_(addr|port)$/, SERVER],
];

/** Overloads of functions that are there otherwise: `name(types)` as PostgreSQL's catalog has them. */
const OVERLOADS: ReadonlyMap<string, Refusal> = new Map([
  ['age(timestamp)', CLOCK],
  ['age(timestamptz)', CLOCK],
  ['length(bytea,name)', ENCODING],
  ['substring(text,text,text)', PATTERN],
]);

function each(names: string, refusal: Refusal): [string, Refusal][] {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => [name, refusal]);
}

/** Why a function is refused whatever its arguments are; undefined for names that PostgreSQL does not have. */
export function refusalOf(name: string): Refusal | undefined {
  return (
    BY_NAME.get(name) ?? OF_OTHER_TYPES.get(name) ?? BY_PATTERN.find(([pattern]) => pattern.test(name))?.[1]
  );
}

/** Is it one of the names that PostgreSQL has? */
export function isRefusedName(name: string): boolean {
  return BY_NAME.has(name);
}

/** Why one overload is refused. */
export function overloadRefusal(name: string, params: readonly string[]): Refusal | undefined {
  return OVERLOADS.get(`${name}(${params.join(',')})`);
}

/** All names that are refused one by one, by reason. */
export function refusedNames(): ReadonlyMap<Refusal, readonly string[]> {
  const found = new Map<Refusal, string[]>();
  for (const [name, refusal] of [...BY_NAME, ...OF_OTHER_TYPES])
    found.set(refusal, [...(found.get(refusal) ?? []), name]);
  return found;
}
