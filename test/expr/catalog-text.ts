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
