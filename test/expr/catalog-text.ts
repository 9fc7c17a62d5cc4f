// Reads from a real Postgres what src/expr/catalog/ holds as text. Run as a program it prints the three files' contents
// (PGHOST and the like say which server); the catalog test compares.

export const OPERATOR_NAMES = [
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '||',
  '~~',
  '!~~',
  '~~*',
  '!~~*',
  '~',
  '!~',
  '~*',
  '!~*',
  '^',
  '&',
  '|',
  '#',
  '<<',
  '>>',
  '|/',
  '||/',
  '@',
  '^@',
  '->',
  '->>',
  '#>',
  '#>>',
  '@>',
  '<@',
  '&&',
  '?',
  '?|',
  '?&',
  '#-',
  '@?',
  '@@',
  '~<~',
  '~<=~',
  '~>~',
  '~>=~',
];

export const OPERATORS_SQL = `
SELECT oprname AS name, string_agg(line, E'\\n' ORDER BY l) AS signatures FROM (
  SELECT oprname, l, l || ': ' || string_agg(r || ' ' || res, ', ' ORDER BY r COLLATE "C") AS line FROM (
    SELECT oprname, coalesce(l.typname::text, '-') COLLATE "C" AS l, r.typname::text AS r, s.typname::text AS res
    FROM pg_operator LEFT JOIN pg_type l ON l.oid = oprleft JOIN pg_type r ON r.oid = oprright JOIN pg_type s ON s.oid = oprresult
    WHERE oprname = ANY($1)) o GROUP BY oprname, l) x
GROUP BY oprname ORDER BY oprname COLLATE "C"`;

export const FUNCTIONS_SQL = `
SELECT proname AS name, string_agg(signature, ', ' ORDER BY signature COLLATE "C") AS signatures FROM (
  SELECT proname, concat_ws(' ', VARIADIC (SELECT array_agg(t.typname::text ||
      CASE WHEN provariadic <> 0 AND n = pronargs THEN '*' WHEN n > pronargs - pronargdefaults THEN '?' ELSE '' END ORDER BY n)
    FROM unnest(proargtypes) WITH ORDINALITY a(o, n) JOIN pg_type t ON t.oid = a.o) || r.typname::text) AS signature
  FROM pg_proc JOIN pg_type r ON r.oid = prorettype WHERE pronamespace = 'pg_catalog'::regnamespace AND proname = ANY($1)) p
GROUP BY proname ORDER BY proname COLLATE "C"`;

export const TYPES_SQL = `
SELECT typname AS name, typcategory::text || CASE WHEN typispreferred THEN '!' ELSE '' END AS category
FROM pg_type WHERE typname = ANY($1) ORDER BY typname COLLATE "C"`;

export const CASTS_SQL = `
SELECT s.typname || ' ' || string_agg(t.typname || ' ' || castcontext::text, ', ' ORDER BY t.typname COLLATE "C") AS line
FROM pg_cast JOIN pg_type s ON s.oid = castsource JOIN pg_type t ON t.oid = casttarget
WHERE s.typname = ANY($1) AND (t.typname = ANY($1)) AND castsource <> casttarget GROUP BY s.typname ORDER BY s.typname COLLATE "C"`;

/** Types of PostgreSQL that functions of ours are over, and those that text, arrays and rows stand beside. */
const TYPES_NEAR_OURS =
  'bool int2 int4 int8 float4 float8 numeric text varchar bytea uuid date time timestamp timestamptz interval jsonb record any ' +
  'anyelement anynonarray anyarray anycompatible anycompatiblearray anycompatiblenonarray bpchar json name jsonpath void';

/** Every function over such types, how it is called and what in the catalog refers to it. */
export const PURE_SQL = `
SELECT proname AS name, prokind AS kind, proretset AS "returnsSet", r.typname AS result,
  array(SELECT t.typname::text FROM unnest(proargtypes) WITH ORDINALITY a(o, n) JOIN pg_type t ON t.oid = a.o ORDER BY n) AS params,
  EXISTS (SELECT FROM pg_operator WHERE oprcode = p.oid) AS "isOperator",
  EXISTS (SELECT FROM pg_amproc WHERE amproc = p.oid)
    OR EXISTS (SELECT FROM pg_type WHERE p.oid IN (typinput, typoutput, typreceive, typsend, typmodin, typmodout, typanalyze))
    OR EXISTS (SELECT FROM pg_aggregate WHERE p.oid IN (aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn,
         aggmtransfn, aggminvtransfn, aggmfinalfn)) AS "isMachinery"
FROM pg_proc p JOIN pg_type r ON r.oid = prorettype
WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind <> 'p'
  AND NOT EXISTS (SELECT FROM unnest(proargtypes::oid[] || prorettype) a(o) JOIN pg_type t ON t.oid = a.o
    WHERE ltrim(t.typname, '_') <> ALL (string_to_array('${TYPES_NEAR_OURS}', ' ')))
ORDER BY proname COLLATE "C", 5`;

/** Names that have no other use, by what refers to them. */
export const REFUSED_SQL = `
WITH f AS (${PURE_SQL}), c AS (
  SELECT name, CASE WHEN bool_and("isOperator") THEN 'operator' WHEN bool_and("isOperator" OR "isMachinery") THEN 'machinery' END AS class
  FROM f GROUP BY name)
SELECT class, string_agg(name, ' ' ORDER BY name COLLATE "C") AS names FROM c
WHERE class IS NOT NULL AND name <> ALL ($1::text[]) GROUP BY class`;
