// What subqueries.test.ts asks.

import { CHANGING } from './mixed-rows.ts';

export const SOURCES = `
CREATE SOURCE mixed (id BIGINT NOT NULL, k INTEGER, i INTEGER, s SMALLINT, b BIGINT, d DOUBLE PRECISION, n NUMERIC, t TEXT,
  o BOOLEAN, v INTERVAL, at TIMESTAMPTZ) WITH (connector = 'file', path = 'mixed.jsonl', max_rate = '300') FORMAT PLAIN ENCODE JSON;
CREATE SOURCE other (id BIGINT NOT NULL, k INTEGER, i INTEGER, s SMALLINT, b BIGINT, d DOUBLE PRECISION, n NUMERIC, t TEXT,
  o BOOLEAN, v INTERVAL, at TIMESTAMPTZ) WITH (connector = 'file', path = 'other.jsonl', max_rate = '200') FORMAT PLAIN ENCODE JSON;`;

/** Of few values, among them NULL. */
const SOME = `(SELECT k, s FROM mixed WHERE id % 3 = 0)`;

export const LATERALS: Readonly<Record<string, string>> = {
  lateral_rows: `SELECT o.id, l.id AS other, l.t FROM other o, LATERAL (SELECT m.id, m.t FROM mixed m WHERE m.k = o.k AND m.s > o.s) l`,
  lateral_first: `SELECT o.id, l.id AS other, l.s FROM other o LEFT JOIN LATERAL
    (SELECT m.id, m.s FROM mixed m WHERE m.k = o.k ORDER BY m.s DESC NULLS LAST, m.id LIMIT 3) l ON true`,
  lateral_first_of_less: `SELECT o.id, l.id AS other FROM other o CROSS JOIN LATERAL
    (SELECT m.id FROM mixed m WHERE m.s < o.s ORDER BY m.s DESC, m.id LIMIT 2 OFFSET 1) l`,
  lateral_first_of_changing: `SELECT c.g, l.id AS other FROM ${CHANGING} c LEFT JOIN LATERAL
    (SELECT x.id FROM ${CHANGING} x WHERE x.k = c.k AND x.g <> c.g ORDER BY x.s, x.id LIMIT 1) l ON l.id > 40`,
  lateral_aggregate: `SELECT o.id, l.* FROM other o CROSS JOIN LATERAL
    (SELECT count(*) AS n, max(m.s) AS most, sum(m.s + o.s) AS total FROM mixed m WHERE m.k = o.k) l`,
  lateral_aggregate_condition: `SELECT o.id, l.n, l.most FROM other o LEFT JOIN LATERAL
    (SELECT count(*) AS n, max(m.s) AS most FROM mixed m WHERE m.k = o.k) l ON l.n > 50`,
  lateral_constant: `SELECT o.id, l.a, l.b FROM other o LEFT JOIN LATERAL (SELECT 7 AS a, o.k AS b FROM mixed m WHERE m.id = o.id + 3) l ON true`,
  lateral_groups: `SELECT o.id, l.* FROM other o, LATERAL (SELECT m.o AS flag, count(*) AS n FROM mixed m WHERE m.k = o.k GROUP BY m.o HAVING count(*) > 5) l WHERE o.id < 60`,
  lateral_distinct: `SELECT o.id, l.s FROM other o, LATERAL (SELECT DISTINCT m.s % 3 AS s FROM mixed m WHERE m.k < o.k) l`,
  lateral_union: `SELECT o.id, l.x FROM other o, LATERAL (SELECT m.s::int AS x FROM mixed m WHERE m.id = o.id UNION ALL SELECT o.k UNION SELECT m.i FROM mixed m WHERE m.b = o.b) l`,
  lateral_except: `SELECT o.id, l.x FROM other o, LATERAL (SELECT m.s AS x FROM mixed m WHERE m.k = o.k EXCEPT SELECT m.s FROM mixed m WHERE m.k = o.k AND m.o) l`,
  lateral_over: `SELECT o.id, l.id AS other, l.p FROM other o, LATERAL
    (SELECT m.id, rank() OVER (ORDER BY m.s) AS p FROM mixed m WHERE m.k = o.k AND m.s IS NOT NULL) l WHERE l.p < 4`,
  lateral_values: `SELECT o.id, l.x FROM other o, LATERAL (VALUES (o.k), (o.i)) l(x)`,
  lateral_expression: `SELECT o.id, l.x, l.y FROM other o CROSS JOIN LATERAL (SELECT o.k + 1 AS x, upper(o.t) AS y WHERE o.k > 2) l`,
  lateral_of_lateral: `SELECT o.id, l.a, m.b FROM other o, LATERAL (SELECT o.k * 2 AS a) l, LATERAL (SELECT count(*) AS b FROM mixed x WHERE x.k = l.a) m`,
  lateral_within: `SELECT o.id, l.most FROM other o, LATERAL (SELECT max(i.n) AS most FROM mixed m, LATERAL (SELECT count(*) AS n FROM mixed x WHERE x.s = m.s AND x.k > o.k) i WHERE m.k = o.k) l WHERE o.id < 40`,
  lateral_function: `SELECT o.id, l.x FROM other o LEFT JOIN LATERAL (SELECT g * 2 AS x FROM generate_series(1, o.k) g WHERE g % 2 = 1) l ON true`,
  lateral_function_condition: `SELECT o.id, g FROM other o LEFT JOIN generate_series(1, o.k) AS g ON g > 3`,
  lateral_shows_digits: `SELECT o.id, l.shown FROM other o LEFT JOIN LATERAL (SELECT o.n::text || count(*)::text AS shown FROM mixed m WHERE m.n < o.n) l ON true`,
  lateral_left_inside: `SELECT o.id, l.a, l.b FROM other o, LATERAL (SELECT m.id AS a, x.id AS b FROM mixed m LEFT JOIN mixed x ON x.id = m.id + o.k WHERE m.k = o.k) l WHERE o.id < 50`,
  lateral_join_inside: `SELECT o.id, l.n FROM other o, LATERAL (SELECT count(*) AS n FROM mixed m, mixed x WHERE m.k = o.k AND x.k = o.k AND m.s = x.s AND m.id < x.id) l`,
};

export const VALUES: Readonly<Record<string, string>> = {
  in_or: `SELECT id FROM other WHERE s > 5 OR k IN (SELECT k FROM ${SOME} x WHERE s > 0)`,
  in_shown: `SELECT id, k IN (SELECT k FROM ${SOME} x WHERE s > 7) AS a, k NOT IN (SELECT k FROM ${SOME} x WHERE s > 7 AND k > 2) AS b,
    k IN (SELECT k FROM ${SOME} x WHERE s > 1000) AS c, NOT (k IN (SELECT k FROM ${SOME} x WHERE k IS NOT NULL AND s = 9)) AS d FROM other`,
  in_correlated: `SELECT id, s IN (SELECT m.s FROM mixed m WHERE m.k = o.k) AS a, s NOT IN (SELECT m.s FROM mixed m WHERE m.k = o.k AND m.id < o.id) AS b FROM other o`,
  not_in_correlated: `SELECT id FROM other o WHERE s NOT IN (SELECT m.s FROM mixed m WHERE m.k = o.k AND m.id % 7 = 0)`,
  in_ranks: `SELECT id FROM other o WHERE s IN (SELECT rank() OVER (ORDER BY m.s, m.id) FROM mixed m WHERE m.k = o.k) OR id < 3`,
  in_ranks_alone: `SELECT id FROM other o WHERE s IN (SELECT rank() OVER (ORDER BY m.s, m.id) FROM mixed m WHERE m.k = o.k)`,
  numbered: `SELECT id FROM other o WHERE EXISTS (SELECT 1 FROM (SELECT m.s, row_number() OVER (ORDER BY m.id) AS n FROM mixed m WHERE m.k = o.k) x WHERE x.n = 3 AND x.s > o.s)`,
  in_case: `SELECT id, CASE WHEN k IN (SELECT s FROM ${SOME} x) THEN 'in' WHEN EXISTS (SELECT FROM mixed m WHERE m.i = o.i) THEN 'there' ELSE 'out' END AS c FROM other o`,
  rows_in: `SELECT id, (k, s) IN (SELECT x.k, x.s FROM ${SOME} x) AS a, (k, s) NOT IN (SELECT x.k, x.s FROM ${SOME} x WHERE x.s > 5) AS b FROM other`,
  rows_in_where: `SELECT id FROM other WHERE (k, s) IN (SELECT x.k, x.s FROM ${SOME} x)`,
  rows_not_in_where: `SELECT id FROM other o WHERE (k, s) NOT IN (SELECT x.k, x.s FROM mixed x WHERE x.t = o.t)`,
  any_all: `SELECT id, s < ANY (SELECT s FROM ${SOME} x WHERE k = 1) AS a, s >= ALL (SELECT s FROM ${SOME} x WHERE s IS NOT NULL) AS b, s > ALL (SELECT s FROM ${SOME} x WHERE k = 99) AS c,
    s <> ANY (SELECT s FROM ${SOME} x WHERE s > 8) AS d, s = ALL (SELECT s FROM ${SOME} x WHERE s > 8) AS e, s <= SOME (SELECT s FROM ${SOME} x WHERE s < -7) AS f FROM other`,
  any_correlated: `SELECT id, n <= ANY (SELECT m.n FROM mixed m WHERE m.k = o.k) AS a, n > ALL (SELECT m.n FROM mixed m WHERE m.k = o.k AND m.id < o.id) AS b FROM other o`,
  any_like: `SELECT id FROM other o WHERE t LIKE ANY (SELECT m.t || '%' FROM mixed m WHERE m.k = o.k AND m.t <> '') OR t NOT LIKE ALL (SELECT m.t FROM mixed m WHERE m.id < 5)`,
  exists_shown: `SELECT id, EXISTS (SELECT FROM mixed m WHERE m.k = o.k AND m.s = o.s) AS a, NOT EXISTS (SELECT 1 FROM mixed m WHERE m.s > o.s AND m.k < o.k) AS b, EXISTS (SELECT FROM mixed WHERE id = 17) AS c FROM other o`,
  exists_groups: `SELECT id FROM other o WHERE EXISTS (SELECT m.s FROM mixed m WHERE m.k = o.k GROUP BY m.s HAVING count(*) > 3)`,
  exists_aggregate: `SELECT id FROM other o WHERE EXISTS (SELECT 1 FROM mixed m WHERE m.k = o.k HAVING count(*) < 45)`,
  exists_union: `SELECT id FROM other o WHERE NOT EXISTS (SELECT 1 FROM mixed m WHERE m.i = o.i UNION ALL SELECT 1 FROM mixed m WHERE m.s = o.s AND m.k = o.k)`,
  two_levels: `SELECT id FROM other o WHERE EXISTS (SELECT 1 FROM mixed m WHERE m.k = o.k AND NOT EXISTS (SELECT 1 FROM mixed x WHERE x.s = m.s AND x.k = o.k AND x.id <> m.id))`,
  three_levels: `SELECT id, (SELECT count(*) FROM mixed m WHERE m.k = o.k AND m.s = (SELECT max(x.s) FROM mixed x WHERE x.k = m.k AND x.s < (SELECT avg(y.s) + o.s FROM mixed y WHERE y.t = x.t))) AS n FROM other o`,
  scalar_inequality: `SELECT id, (SELECT max(m.s) FROM mixed m WHERE m.s < o.s) AS a, (SELECT count(*) FROM mixed m WHERE m.n > o.n + 1) AS b FROM other o`,
  scalar_expression: `SELECT id, (SELECT sum(m.s * o.k) FROM mixed m WHERE m.k + 1 = o.k * 2) AS a FROM other o`,
  scalar_having: `SELECT id, (SELECT max(m.s) FROM mixed m WHERE m.k = o.k HAVING count(*) > 50) AS a FROM other o`,
  scalar_first: `SELECT id, (SELECT m.t FROM mixed m WHERE m.k = o.k ORDER BY m.s DESC NULLS LAST, m.id LIMIT 1) AS a FROM other o`,
  scalar_single: `SELECT id, (SELECT m.t FROM mixed m WHERE m.id = o.id) AS a, (SELECT t FROM mixed WHERE id = 3) AS b, (SELECT t FROM mixed WHERE id < 0) AS c FROM other o`,
  scalar_nothing: `SELECT id, (SELECT o.k + 1) AS a, (SELECT 5) AS b FROM other o`,
  scalar_derived: `SELECT id, (SELECT x.n FROM (SELECT count(*) AS n FROM mixed m WHERE m.k = o.k) x) AS a FROM other o`,
  scalar_common: `SELECT id, (WITH c AS (SELECT m.s FROM mixed m WHERE m.k = o.k) SELECT count(*) FROM c WHERE c.s > (SELECT avg(s) FROM c)) AS a FROM other o`,
  arrays: `SELECT id, ARRAY(SELECT m.s FROM mixed m WHERE m.k = o.k AND m.s > 6 ORDER BY m.s DESC, m.id) AS a, ARRAY(SELECT m.id FROM mixed m WHERE m.s < o.s ORDER BY 1 LIMIT 3) AS b,
    ARRAY(SELECT DISTINCT m.t FROM mixed m WHERE m.k = o.k ORDER BY t) AS c FROM other o`,
  of_groups: `SELECT k, count(*) AS n, (SELECT max(m.s) FROM mixed m WHERE m.k = o.k) AS a, count(*) > (SELECT avg(s) FROM mixed) AS b, k IN (SELECT s FROM mixed) AS c FROM other o GROUP BY k`,
  having_subqueries: `SELECT k, sum(s) AS x FROM other o GROUP BY k HAVING count(*) > (SELECT count(*) / 9 FROM mixed m WHERE m.k <> o.k) OR EXISTS (SELECT FROM mixed m WHERE m.k = o.k AND m.s = 9)`,
  group_by_subquery: `SELECT (SELECT max(m.t) FROM mixed m WHERE m.k = o.k) AS best, count(*) AS n, min(o.s) AS least FROM other o GROUP BY 1`,
  in_arguments: `SELECT k, sum((SELECT count(*) FROM mixed m WHERE m.s = o.s)) AS a, count(*) FILTER (WHERE o.s IN (SELECT s FROM ${SOME} x)) AS b FROM other o GROUP BY k`,
  in_window: `SELECT id, rank() OVER (ORDER BY (SELECT count(*) FROM mixed m WHERE m.s = o.s), k) AS p FROM other o WHERE k < 3`,
  window_of_groups: `SELECT k, count(*) AS n, rank() OVER (ORDER BY (SELECT max(m.i) FROM mixed m WHERE m.k = o.k)) AS p FROM other o GROUP BY k`,
  in_on: `SELECT o.id, m.id AS other FROM other o JOIN mixed m ON m.k = o.k AND m.s IN (SELECT x.s FROM ${SOME} x WHERE x.k = 2) AND o.s > (SELECT avg(s) FROM mixed)`,
  in_on_left: `SELECT o.id, m.id AS other FROM other o LEFT JOIN mixed m ON m.id = o.id AND EXISTS (SELECT FROM ${SOME} x WHERE x.s = m.s) AND o.k = ANY (SELECT x.k FROM ${SOME} x)`,
  ordered_by: `SELECT id FROM other o ORDER BY (SELECT max(m.id) FROM mixed m WHERE m.k = o.k) DESC NULLS LAST, id LIMIT 7`,
  distinct_with: `SELECT DISTINCT k, (SELECT count(*) FROM mixed m WHERE m.k = o.k) AS n FROM other o`,
  changing_in: `SELECT g, s IN (SELECT s FROM ${CHANGING} y WHERE y.k = x.k AND y.g <> x.g) AS a, s > ALL (SELECT y.s FROM ${CHANGING} y WHERE y.g < x.g) AS b FROM ${CHANGING} x`,
  changing_value: `SELECT g, (SELECT y.t FROM ${CHANGING} y WHERE y.g = x.g + 1) AS a, (SELECT count(*) FROM ${CHANGING} y WHERE y.n < x.n) AS b FROM ${CHANGING} x`,
};

export const FROM_ITEMS: Readonly<Record<string, string>> = {
  constants: `SELECT 1 AS a, 'x' AS b UNION ALL SELECT k, t FROM other WHERE id < 3`,
  series_first: `SELECT g, o.id FROM generate_series(1, 6) AS g JOIN other o ON o.k = g`,
  series_left: `SELECT g, count(o.id) AS n FROM generate_series(0, 9) AS g LEFT JOIN other o ON o.k = g GROUP BY g`,
  values_first: `SELECT v.name, o.id FROM (VALUES (1, 'one'), (2, 'two'), (NULL, 'none')) AS v(k, name), other o WHERE o.k = v.k`,
  values_right: `SELECT o.id, v.name FROM other o RIGHT JOIN (VALUES (1, 'one'), (77, 'none')) AS v(k, name) ON v.k = o.k`,
  values_full: `SELECT o.id, v.name FROM other o FULL JOIN (VALUES (1, 'one'), (77, 'none')) AS v(k, name) ON v.k = o.k AND o.s > 0`,
  values_union: `SELECT k FROM other WHERE id < 4 UNION ALL VALUES (1), (NULL), (3)`,
  values_except: `SELECT k FROM other EXCEPT VALUES (1), (3)`,
  values_named: `WITH v(a, b) AS (VALUES (1, 'x'), (2, 'y')) SELECT v.b, count(*) AS n FROM v JOIN other o ON o.k = v.a GROUP BY v.b`,
  in_values: `SELECT id FROM other WHERE k IN (VALUES (1), (2)) OR s = ANY (SELECT generate_series(7, 9))`,
  whole_table: `TABLE other UNION ALL SELECT * FROM mixed WHERE id < 5`,
  star_of_one: `SELECT o.*, m.id AS other FROM other o JOIN mixed m USING (id)`,
  series_of_numeric: `SELECT o.id, g FROM other o, generate_series(1.5, o.k, 0.75) AS g`,
};
