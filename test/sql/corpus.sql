-- One query per line. Every one is read, written from its tree and read again; those marked "-- ours" are not PostgreSQL.
SELECT 1
SELECT
SELECT FROM t
SELECT * FROM t
SELECT t.* FROM t
SELECT s.t.* FROM s.t
SELECT ALL a FROM t
SELECT DISTINCT a FROM t
SELECT DISTINCT ON (a, b + 1) a, b, c FROM t ORDER BY a, b + 1, c DESC
SELECT a AS x, b y, c AS "Z z", d AS "select" FROM t
SELECT "A", "b""c", "ünï😀", é, 名前 FROM "Tä"
SELECT 0, 1, -1, - 1, +1, -(-1), - -1, (- (-7)) AS seven, - (- (-7)) AS x, 2147483647, 2147483648, 9223372036854775807, 9223372036854775808
SELECT 1.0, 1.50, .5, 1., 1e10, 1.5E-3, 123456789012345678901234567890.123456789, -1.5, -.5e-7
SELECT 1_000, 0x1F, 0o17, 0b101
SELECT 'a', '', 'it''s', 'é😀', E'a\nb\\c\'d', E'\u00e9', $$dollar 'quoted'$$, $tag$a $$ b$tag$, U&'d\0061t\+000061', U&'d!0061' UESCAPE '!', N'nat'
SELECT 'a' b, 'c' AS "d"
SELECT B'1010', X'1F', b'', x'aB'
SELECT TRUE, FALSE, NULL
SELECT DATE '2026-01-31', TIME '12:00', TIMESTAMP '2026-01-31 12:00', TIMESTAMPTZ '2026-01-31 12:00+02'
SELECT TIMESTAMP WITH TIME ZONE '2026-01-01', TIMESTAMP WITHOUT TIME ZONE '2026-01-01', TIME WITH TIME ZONE '12:00+01'
SELECT TIMESTAMP(3) '2026-01-01', TIMESTAMP(3) WITH TIME ZONE '2026-01-01', TIME(2) '12:00:00.123'
SELECT INTERVAL '1 day', INTERVAL '10' SECOND, INTERVAL '1' DAY, INTERVAL '1-2' YEAR TO MONTH, INTERVAL '1.5' SECOND(3)
SELECT INTERVAL '1' YEAR, INTERVAL '1' MONTH, INTERVAL '1' HOUR, INTERVAL '1' MINUTE, INTERVAL(3) '1.2345 s'
SELECT INTERVAL '1 2' DAY TO HOUR, INTERVAL '1 2:3' DAY TO MINUTE, INTERVAL '1 2:3:4' DAY TO SECOND, INTERVAL '1:2' HOUR TO MINUTE, INTERVAL '1:2:3' HOUR TO SECOND, INTERVAL '1:2' MINUTE TO SECOND(2)
SELECT ts + INTERVAL '1' DAY - INTERVAL '2' HOUR * 3 FROM t
SELECT INT '1', int4 '2', float8 '1.5', jsonb '{"a": 1}', json '[]', uuid '00000000-0000-0000-0000-000000000000', point '(1,2)', bytea '\x00'
SELECT a::int, a::bigint, a::smallint, a::real, a::double precision, a::float, a::float(20), a::numeric, a::numeric(10), a::numeric(10, 2), a::decimal(5,1) FROM t
SELECT a::text, a::varchar, a::varchar(10), a::char, a::char(3), a::bpchar, a::"char", a::character varying(5), a::bytea, a::boolean, a::bool FROM t
SELECT a::date, a::time, a::timetz, a::time with time zone, a::timestamp, a::timestamp(3), a::timestamptz, a::timestamptz(3), a::timestamp with time zone, a::interval, a::interval day, a::interval second(3), a::interval(2) FROM t
SELECT a::int[], a::int[][], a::int[3], a::int ARRAY, a::int ARRAY[4], a::text[], a::numeric(3,1)[] FROM t
SELECT a::bit, a::bit(3), a::bit varying, a::bit varying(4), a::json, a::jsonb, a::uuid, a::xml, a::my_type, a::my_schema.my_type, a::"My Type" FROM t
SELECT CAST(a AS int), CAST('1' AS int), CAST(a + b AS text), '1'::int, 'x'::varchar(3), '{1,2}'::int[], (a)::int, (a + b)::int, a::int::text FROM t
SELECT -a, - a, +a, -(a), -(a + b), ~a, @ a, |/ a, ||/ a, !! a FROM t
SELECT a + b, a - b, a * b, a / b, a % b, a ^ b, a & b, a | b, a # b, a << 1, a >> 2, a || b FROM t
SELECT a + b * c, (a + b) * c, a - b - c, a - (b - c), a / b / c, a ^ b ^ c, -a ^ 2, -2 ^ 2, a || b || c FROM t
SELECT a = b, a <> b, a != b, a < b, a <= b, a > b, a >= b FROM t
SELECT (a < b) = (c < d), a = b IS TRUE, NOT a = b FROM t
SELECT a AND b, a OR b, NOT a, a OR b AND c, (a OR b) AND c, NOT (a AND b), NOT a AND b, a AND b AND c, a AND (b AND c), a OR (b OR c), NOT NOT a FROM t
SELECT a=1 OR b=2 AND c=3 OR d=4 FROM t
SELECT ((a OR b) OR c) AS x, (((a AND b) AND (c)) AND d) y FROM t WHERE ((a OR b) OR (c)) OR d ORDER BY ((a AND b) AND c) DESC
SELECT a IS NULL, a IS NOT NULL, a ISNULL, a NOTNULL, (a + b) IS NULL, (a, b) IS NULL FROM t
SELECT a IS TRUE, a IS NOT TRUE, a IS FALSE, a IS NOT FALSE, a IS UNKNOWN, a IS NOT UNKNOWN FROM t
SELECT a IS DISTINCT FROM b, a IS NOT DISTINCT FROM b, a IS DISTINCT FROM NULL FROM t
SELECT a BETWEEN 1 AND 2, a NOT BETWEEN 1 AND 2, a BETWEEN SYMMETRIC 2 AND 1, a NOT BETWEEN SYMMETRIC b + 1 AND c, a BETWEEN 1 AND 2 AND b FROM t
SELECT a IN (1), a IN (1, 2, 3), a NOT IN (1, 2), (a, b) IN ((1, 2), (3, 4)), a IN ('x', 'y'), a + 1 IN (b, c) FROM t
SELECT a IN (SELECT b FROM u), a NOT IN (SELECT b FROM u), (a, b) IN (SELECT c, d FROM u), NOT (a IN (SELECT 1)), NOT (a NOT IN (SELECT 1)) FROM t
SELECT EXISTS (SELECT 1), NOT EXISTS (SELECT 1 FROM u WHERE u.a = t.a) FROM t
SELECT a = ANY (b), a = SOME (b), a <> ALL (b), a < ANY (ARRAY[1, 2]), a = ANY ('{1,2}'::int[]), a = ANY ((SELECT b)::int[]) FROM t
SELECT a = ANY (SELECT 1), a = SOME (SELECT 1), a > ALL (SELECT b FROM u), (a, b) = ANY (SELECT 1, 2) FROM t
SELECT a LIKE ANY (ARRAY['x%', 'y%']), a NOT LIKE ALL (b), a ILIKE ANY (b), a NOT ILIKE ANY (b) FROM t
SELECT a LIKE 'x%', a NOT LIKE 'x%', a ILIKE 'X%', a NOT ILIKE 'x', a LIKE 'x!%' ESCAPE '!', a NOT LIKE b ESCAPE c, a ILIKE b ESCAPE '#' FROM t
SELECT a SIMILAR TO 'x|y', a NOT SIMILAR TO 'x', a SIMILAR TO b ESCAPE '!', a LIKE b || '%' FROM t
SELECT a ~ 'x', a ~* 'x', a !~ 'x', a !~* 'x', a ~~ 'x', a !~~ 'x', a ^@ 'x' FROM t
SELECT a -> 'b', a ->> 'b', a -> 0, a #> '{a,b}', a #>> '{a,b}', a @> b, a <@ b, a ? 'x', a ?| b, a ?& b, a - 'x', a #- '{x}', a @? '$.a', a @@ '$.a' FROM t
SELECT a -> 'b' ->> 'c', (a -> 'b') ->> 'c', a -> ('b' || 'c') FROM t
SELECT a && b, a OPERATOR(pg_catalog.+) b, a <-> b, a OPERATOR(+) b FROM t
SELECT CASE WHEN a THEN b END, CASE WHEN a > 1 THEN 'x' WHEN a > 2 THEN 'y' ELSE 'z' END, CASE a WHEN 1 THEN 'x' ELSE NULL END, CASE a + 1 WHEN b THEN c WHEN d THEN e END FROM t
SELECT CASE WHEN CASE WHEN a THEN b ELSE c END THEN CASE d WHEN 1 THEN 2 END ELSE (CASE WHEN e THEN f END) END FROM t
SELECT COALESCE(a, b, 0), NULLIF(a, 0), GREATEST(a, b), LEAST(a, b, c), COALESCE(NULLIF(a, ''), 'x') FROM t
SELECT f(), f(a), f(a, b), s.f(a), pg_catalog.lower(a), "F"(a), f(a => 1), f(1, b => 2, c := 3), f(VARIADIC a), f(a, VARIADIC b) FROM t
SELECT count(*), count(a), count(ALL a), count(DISTINCT a), sum(a + b), avg(DISTINCT a), min(a), max(a) FROM t
SELECT string_agg(a, ',' ORDER BY b), array_agg(DISTINCT a ORDER BY a DESC NULLS LAST), jsonb_agg(a ORDER BY b, c) FROM t
SELECT count(*) FILTER (WHERE a > 1), sum(a) FILTER (WHERE b AND c), count(DISTINCT a) FILTER (WHERE (b)) FROM t
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a), percentile_disc(ARRAY[0.1, 0.9]) WITHIN GROUP (ORDER BY a DESC), mode() WITHIN GROUP (ORDER BY b) FILTER (WHERE c) FROM t
SELECT row_number() OVER (), rank() OVER (ORDER BY a), sum(a) OVER (PARTITION BY b), sum(a) OVER (PARTITION BY b, c ORDER BY d DESC, e) FROM t
SELECT sum(a) OVER (ORDER BY b ROWS UNBOUNDED PRECEDING), sum(a) OVER (ORDER BY b ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING), sum(a) OVER (ORDER BY b ROWS CURRENT ROW) FROM t
SELECT sum(a) OVER (ORDER BY b RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW), sum(a) OVER (ORDER BY b RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM t
SELECT sum(a) OVER (ORDER BY b GROUPS BETWEEN 2 PRECEDING AND 1 PRECEDING), sum(a) OVER (ORDER BY b ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING EXCLUDE CURRENT ROW) FROM t
SELECT sum(a) OVER (ROWS 2 PRECEDING EXCLUDE GROUP), sum(a) OVER (ROWS 2 PRECEDING EXCLUDE TIES), sum(a) OVER (ROWS 2 PRECEDING EXCLUDE NO OTHERS), sum(a) OVER (RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) FROM t
SELECT sum(a) OVER w, avg(a) OVER (w ORDER BY c), lag(a, 1, 0) OVER w2 FROM t WINDOW w AS (PARTITION BY b), w2 AS (w ORDER BY d ROWS 1 PRECEDING)
SELECT count(*) FILTER (WHERE a) OVER (PARTITION BY b), first_value(a) OVER w FROM t WINDOW w AS ()
SELECT EXTRACT(epoch FROM a), EXTRACT(YEAR FROM a), EXTRACT('hour' FROM b + c), EXTRACT(day FROM a - b) FROM t
SELECT a AT TIME ZONE 'UTC', a AT TIME ZONE b AT TIME ZONE 'Europe/Berlin', (a + b) AT TIME ZONE c FROM t
SELECT a COLLATE "C", (a || b) COLLATE "de_DE", a COLLATE pg_catalog."C" < b, a COLLATE s.c FROM t
SELECT POSITION('a' IN b), SUBSTRING(a FROM 2), SUBSTRING(a FROM 2 FOR 3), SUBSTRING(a FOR 3), SUBSTRING(a, 2, 3), SUBSTRING(a SIMILAR b ESCAPE '#') FROM t
SELECT TRIM(a), TRIM(BOTH 'x' FROM a), TRIM(LEADING 'x' FROM a), TRIM(TRAILING FROM a), TRIM(a, 'x'), OVERLAY(a PLACING b FROM 1 FOR 2), OVERLAY(a PLACING b FROM 1) FROM t
SELECT NORMALIZE(a), NORMALIZE(a, NFKC), a IS NORMALIZED, a IS NOT NFC NORMALIZED, COLLATION FOR (a), (a, b) OVERLAPS (c, d) FROM t
SELECT CURRENT_DATE, CURRENT_TIME, CURRENT_TIME(3), CURRENT_TIMESTAMP, CURRENT_TIMESTAMP(3), LOCALTIME, LOCALTIMESTAMP, LOCALTIME(0), LOCALTIMESTAMP(6)
SELECT CURRENT_USER, SESSION_USER, USER, CURRENT_ROLE, CURRENT_CATALOG, CURRENT_SCHEMA, SYSTEM_USER, now(), clock_timestamp()
SELECT ARRAY[1, 2, 3], ARRAY[[1, 2], [3, 4]], ARRAY[]::int[], ARRAY(SELECT a FROM t ORDER BY b), ARRAY['a', NULL]
SELECT a[1], a[1][2], a[1:2], a[:2], a[1:], a[:], a[1:2][3:4], a[b + 1], (f(x))[1], (ARRAY[1,2])[1], (SELECT b)[1] FROM t
SELECT (a).b, (a).b.c, (a.b).c, (a).*, (f(x)).y, (f(x)).*, a.b[1].c, ((a).b)[2], (row(1,2)).f1, ($1).x FROM t
SELECT ROW(), ROW(a), ROW(a, b), (a, b), ROW(a, ROW(b, c)), (a, b) = (1, 2), ROW(1, 2) < ROW(1, 3) FROM t
SELECT (SELECT 1), (SELECT a FROM u LIMIT 1) + 1, ((SELECT 2)), (SELECT max(b) FROM u WHERE u.a = t.a) AS m FROM t
SELECT $1, $2 + 1, f($3)
SELECT a FROM t WHERE a > 1 AND b < 2
SELECT a FROM t WHERE (a > 1)
SELECT a FROM t WHERE a
SELECT a, count(*) FROM t GROUP BY a
SELECT a, b, count(*) FROM t GROUP BY a, b + 1, (c), 1
SELECT a, sum(b) FROM t GROUP BY a HAVING sum(b) > 10
SELECT sum(b) FROM t HAVING count(*) > 1
SELECT a, b FROM t GROUP BY ()
SELECT a, b, GROUPING(a, b) FROM t GROUP BY ROLLUP (a, b)
SELECT a, b FROM t GROUP BY CUBE (a, (b, c))
SELECT a, b FROM t GROUP BY GROUPING SETS ((a, b), (a), ())
SELECT a, b FROM t GROUP BY a, ROLLUP (b), CUBE (c, d)
SELECT a, b FROM t GROUP BY GROUPING SETS (a, ROLLUP (b, c), GROUPING SETS (d, ()))
SELECT a, b FROM t GROUP BY DISTINCT ROLLUP (a, b), ROLLUP (a, c)
SELECT a FROM t GROUP BY (a, b)
SELECT a FROM t GROUP BY ROW(a, b)
SELECT a FROM t GROUP BY ALL a
SELECT a FROM t ORDER BY a
SELECT a FROM t ORDER BY a ASC, b DESC, c NULLS FIRST, d DESC NULLS LAST, 1, a + b, lower(c) COLLATE "C" DESC
SELECT a FROM t LIMIT 10
SELECT a FROM t LIMIT 10 OFFSET 5
SELECT a FROM t OFFSET 5 LIMIT 10
SELECT a FROM t OFFSET 5 ROWS
SELECT a FROM t LIMIT 5 + 5
SELECT a FROM t LIMIT (SELECT 3)
SELECT a FROM t LIMIT NULL
SELECT a FROM t LIMIT ALL
SELECT a FROM t ORDER BY a FETCH FIRST 3 ROWS ONLY
SELECT a FROM t ORDER BY a FETCH FIRST ROW ONLY
SELECT a FROM t ORDER BY a FETCH NEXT 3 ROWS WITH TIES
SELECT a FROM t ORDER BY a OFFSET 2 ROWS FETCH FIRST 1 ROW WITH TIES
SELECT * FROM (SELECT a FROM t FETCH FIRST ROW ONLY) AS x
SELECT a FROM t, u
SELECT a FROM t AS x, u y, s.v, s.w AS z
SELECT a FROM t AS x (b, c), u AS y (d)
SELECT a FROM t x (b)
SELECT a FROM t JOIN u ON t.a = u.a
SELECT a FROM t INNER JOIN u ON t.a = u.a
SELECT a FROM t LEFT JOIN u ON t.a = u.a
SELECT a FROM t LEFT OUTER JOIN u ON (t.a = u.a)
SELECT a FROM t RIGHT JOIN u ON t.a = u.a
SELECT a FROM t FULL OUTER JOIN u ON t.a = u.a AND t.b > u.b
SELECT a FROM t CROSS JOIN u
SELECT a FROM t NATURAL JOIN u
SELECT a FROM t NATURAL LEFT JOIN u
SELECT a FROM t NATURAL FULL JOIN u
SELECT a FROM t JOIN u USING (a)
SELECT a FROM t LEFT JOIN u USING (a, b)
SELECT a FROM t JOIN u USING (a) AS j
SELECT a FROM t JOIN u ON true JOIN v ON false
SELECT a FROM t JOIN (u JOIN v ON u.a = v.a) ON t.a = u.a
SELECT a FROM (t JOIN u ON true) LEFT JOIN (v CROSS JOIN w) ON x
SELECT a FROM (t JOIN u ON true) AS j
SELECT a FROM (t JOIN u USING (a)) AS j (x, y) JOIN v ON true
SELECT a FROM ((t JOIN u ON true)) CROSS JOIN v
SELECT a FROM t JOIN u JOIN v ON u.a = v.a ON t.a = u.a
SELECT a FROM t, u JOIN v ON true, w
SELECT a FROM t AS x JOIN u AS y ON x.a = y.a LEFT JOIN v AS z ON y.b = z.b WHERE x.c > 1
SELECT a FROM (SELECT b FROM u) AS x
SELECT a FROM (SELECT b FROM u) x (c)
SELECT a FROM (SELECT b FROM u)
SELECT a FROM ((SELECT b FROM u)) AS x
SELECT a FROM (SELECT 1 UNION SELECT 2) AS x (n)
SELECT a FROM ((SELECT 1) UNION (SELECT 2)) AS x
SELECT a FROM (VALUES (1, 'a'), (2, 'b')) AS v (n, s)
SELECT a FROM (TABLE u) AS x
SELECT a FROM (WITH c AS (SELECT 1) SELECT * FROM c) AS x
SELECT a FROM t, LATERAL (SELECT u.b FROM u WHERE u.a = t.a) AS x
SELECT a FROM t LEFT JOIN LATERAL (SELECT 1) AS x ON true
SELECT a FROM t CROSS JOIN LATERAL unnest(t.b) AS u (x)
SELECT a FROM t, unnest(b) x
SELECT a FROM unnest(ARRAY[1,2]) WITH ORDINALITY AS u (x, n)
SELECT a FROM generate_series(1, 10) AS g
SELECT a FROM generate_series(1, 10, 2) g (i), s.f(g.i)
SELECT a FROM LATERAL f(1) AS x
SELECT a FROM ROWS FROM (f(1), g(2)) AS r (x, y)
SELECT a FROM ROWS FROM (f(1)) WITH ORDINALITY
SELECT a FROM CURRENT_DATE AS d
SELECT a FROM COALESCE(1, 2) AS c, CAST('2026-01-01' AS date) AS d, CAST(1 + 1 AS int) AS e
SELECT a FROM jsonb_to_record('{}'), json_each(b) AS j
VALUES (1)
VALUES (1, 2), (3, 4)
VALUES (1, 'a'), (2, NULL) ORDER BY 1 DESC LIMIT 1
VALUES ((1)), ((1 + 2))
TABLE t
TABLE s.t
SELECT 1 UNION SELECT 2
SELECT 1 UNION ALL SELECT 2
SELECT 1 UNION DISTINCT SELECT 2
SELECT 1 INTERSECT SELECT 2
SELECT 1 INTERSECT ALL SELECT 2
SELECT 1 EXCEPT SELECT 2
SELECT 1 EXCEPT ALL SELECT 2
SELECT 1 UNION SELECT 2 UNION SELECT 3
SELECT 1 UNION (SELECT 2 UNION SELECT 3)
SELECT 1 UNION SELECT 2 INTERSECT SELECT 3
(SELECT 1 UNION SELECT 2) INTERSECT SELECT 3
SELECT 1 EXCEPT SELECT 2 UNION ALL SELECT 3
SELECT a FROM t UNION ALL SELECT b FROM u ORDER BY 1 LIMIT 3
(SELECT a FROM t ORDER BY a LIMIT 1) UNION ALL (SELECT b FROM u ORDER BY b DESC LIMIT 1)
(SELECT a FROM t ORDER BY a) LIMIT 1
(SELECT a FROM t)
((SELECT a FROM t))
VALUES (1) UNION ALL VALUES (2)
TABLE t UNION ALL TABLE u
SELECT 1 UNION VALUES (2)
WITH c AS (SELECT 1 AS x) SELECT * FROM c
WITH c (x) AS (SELECT 1), d AS (SELECT x FROM c) SELECT * FROM d
WITH c AS MATERIALIZED (SELECT 1) SELECT * FROM c
WITH c AS NOT MATERIALIZED (SELECT 1) SELECT * FROM c
WITH RECURSIVE c (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM c WHERE n < 10) SELECT n FROM c
WITH c AS (VALUES (1)) SELECT 1 UNION SELECT 2
WITH c AS (SELECT 1) (SELECT * FROM c) ORDER BY 1
WITH a AS (SELECT 1), b AS (WITH c AS (SELECT 2) SELECT * FROM c) SELECT * FROM a, b
WITH c AS (SELECT 1) VALUES (1)
SELECT (WITH c AS (SELECT 1) SELECT * FROM c)
SELECT a FROM t WHERE a IN (WITH c AS (SELECT 1) SELECT * FROM c)
SELECT a FROM t WHERE b = (SELECT max(b) FROM t)
SELECT a FROM t WHERE EXISTS (SELECT FROM u WHERE u.a = t.a) AND NOT EXISTS (SELECT * FROM v)
SELECT a FROM t WHERE (a, b) IN (SELECT c, d FROM u) OR a = ANY (SELECT e FROM v)
SELECT a FROM t WHERE a = (1) AND ((b)) = ((2))
SELECT t.a FROM s.t WHERE s.t.b = 1
SELECT date_trunc('hour', ts) AS h, count(*) FROM t GROUP BY 1 ORDER BY h
SELECT auction, bidder, price * 0.908 AS price, date_time FROM bid
SELECT auction, price FROM bid WHERE auction % 123 = 0
SELECT CASE WHEN channel = 'apple' THEN '0' WHEN channel = 'google' THEN '1' ELSE (regexp_match(url, '(&|^)channel_id=([^&]*)'))[2] END AS channel_id FROM bid WHERE lower(channel) IN ('apple', 'google')
SELECT auction, count(*) AS num FROM bid GROUP BY auction HAVING count(*) >= ALL (SELECT count(*) FROM bid GROUP BY auction)
SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY bidder, auction ORDER BY date_time DESC) AS rank_number FROM bid) AS r WHERE rank_number <= 1
SELECT a.id, max(b.price) AS final FROM auction AS a JOIN bid AS b ON a.id = b.auction WHERE b.date_time BETWEEN a.date_time AND a.expires GROUP BY a.id, a.category
SELECT split_part(url, '/', 4) AS dir1, split_part(url, '/', 5) AS dir2 FROM bid
SELECT to_char(date_time, 'yyyy-MM-dd') AS day, count(DISTINCT bidder) FILTER (WHERE price < 10000) AS rank1 FROM bid GROUP BY to_char(date_time, 'yyyy-MM-dd')
SELECT a FROM t WHERE ts > now() - INTERVAL '1 hour'
SELECT a::text || ':' || b::text AS k, (payload ->> 'id')::bigint AS id, payload #>> '{a,b}' AS ab FROM t
SELECT (jsonb_array_elements(a)).b FROM t
SELECT a FROM t WHERE b LIKE '%\_%' AND c ~ '^\d+$' AND d = E'\t'
SELECT 'é' AS "é", "ß" || 'ß😀' FROM "straße" WHERE "naïve" = '日本語' ORDER BY "日本"
SELECT /* comment 'x' */ a -- trailing ; comment
SELECT a /* outer /* inner */ still */, b FROM t
SELECT a.b.c FROM a.b
SELECT max(a) - min(a) AS range, count(*) * 1.0 / sum(b) AS rate FROM t
SELECT bool_and(a), bool_or(b), every(c), stddev(d), variance(e), stddev_pop(f), corr(g, h) FROM t
SELECT ntile(4) OVER (ORDER BY a), nth_value(a, 2) OVER (ORDER BY b), dense_rank() OVER (ORDER BY c DESC), cume_dist() OVER (ORDER BY d) FROM t
SELECT lead(a) OVER (PARTITION BY b ORDER BY c) - a AS d FROM t
SELECT rank FROM (SELECT a, rank() OVER (PARTITION BY b ORDER BY c) AS rank FROM t) AS x WHERE rank <= 3
SELECT value, name, type, key, timestamp, date, time, year, month, text, emit, source, sink, view, session, hop, tumble FROM t
SELECT a AS value, b AS name, c AS timestamp, d AS from_, e AS "order", f AS "EMIT" FROM t
SELECT "emit", "asof", "semi" FROM "emit" AS "asof" JOIN u ON true
SELECT tumble(a), hop(b, c), session(d) FROM t
SELECT f(a ORDER BY b), f(DISTINCT a, b ORDER BY a, b), f(ALL a ORDER BY b) FROM t
SELECT a FROM t WHERE CASE WHEN a THEN b ELSE c END AND COALESCE(d, false)
SELECT a FROM t WHERE a IS NULL = b IS NOT NULL
SELECT a FROM t WHERE NOT a IS NULL AND NOT b IN (1) AND NOT c LIKE 'x' AND NOT d BETWEEN 1 AND 2
SELECT a FROM t WHERE a < b AND b < c AND (a < c) IS NOT FALSE
SELECT - 1 - - 2, 1 - -1, 1 + -a, a - (-b), -a::int, (-a)::int, - 1::int, (-1)::int, -1.5::numeric FROM t
SELECT NOT a OR b AND NOT c FROM t
SELECT a || b + c, a + b || c, a < b || c, a & b = c, a -> 'b' = 'c', a ->> 'b' || 'c' FROM t
SELECT a AT TIME ZONE 'UTC' + b, a + b AT TIME ZONE 'UTC', a::timestamp AT TIME ZONE 'UTC', a COLLATE "C" || b FROM t
SELECT a[1] + b[2], -a[1], a[1]::int, a[1].b::text, (a + b)[1] FROM t
SELECT a IS DISTINCT FROM b AND c, a IS DISTINCT FROM b + c, a BETWEEN b AND c OR d FROM t
SELECT ((a)), (((a + b))), ((a) + (b)) FROM ((SELECT 1 AS a, 2 AS b)) AS x
SELECT x.* FROM (SELECT t.*, u.* FROM t, u) AS x
SELECT count(*) AS n FROM t WHERE a = 1 GROUP BY b HAVING count(*) > 1 ORDER BY n LIMIT 1
SELECT sum(CASE WHEN a THEN 1 ELSE 0 END), sum((a > 1)::int), avg(CAST(b AS numeric(10, 2))) FROM t
SELECT make_interval(secs => 5), make_date(2026, 1, 31), age(a, b), date_part('day', a), to_timestamp(0) FROM t
SELECT date_bin(INTERVAL '15 minutes', ts, TIMESTAMP '1970-01-01') FROM t
SELECT encode(sha256(a::bytea), 'hex'), md5(b), length(c), upper(d), substr(e, 1, 2), replace(f, 'a', 'b'), concat_ws(',', g, h) FROM t
SELECT left(a, 1), right(b, 2), format('%s', c), reverse(d) FROM t
SELECT array_length(a, 1), cardinality(b), array_position(c, 1), a || ARRAY[1], 1 || a, a[2:3] || b FROM t
SELECT 1 AS a, 2 AS a
SELECT t FROM t
SELECT t.t.t FROM t.t
SELECT * FROM t * AS x
SELECT * FROM a AS semi_ JOIN b ON true
SELECT * FROM "TUMBLE"(a), "hop_"(b)
SELECT * FROM f(DEFAULT_ => 1)
SELECT interval, "interval" FROM (SELECT 1 AS interval) AS x
SELECT 1 WHERE false
SELECT 1 GROUP BY 1
SELECT 1 ORDER BY 1
SELECT 1 LIMIT 0
SELECT NULL::int, NULL::text[], NULL::jsonb
SELECT 'infinity'::timestamptz, '-infinity'::timestamptz, 'NaN'::float8, 'Infinity'::numeric
SELECT '1 day'::interval, '10:00'::time, '2026-01-01'::date + 1, 'a'::text COLLATE "C"
SELECT row_to_json(t), to_jsonb(t.*), jsonb_build_object('a', a, 'b', b) FROM t
SELECT count(t.*), count(DISTINCT (a, b)), count((a, b)) FROM t
SELECT a = ALL (ARRAY(SELECT b FROM u)), a IN (1, (SELECT 2)) FROM t
SELECT a FROM t WHERE a ~ ANY (ARRAY['x']) OR a !~ ALL (b)
SELECT a NOT BETWEEN SYMMETRIC 1 AND 2, a NOT ILIKE 'x' ESCAPE '', a NOT SIMILAR TO 'y' ESCAPE 'z' FROM t
SELECT (a OR b) IS TRUE, (a AND b) IS UNKNOWN, (NOT a) IS NULL, (a IS NULL) IS FALSE FROM t
SELECT (a = b) = c, a = (b = c), (a <> b) <> c, (a < b) IS DISTINCT FROM (c < d) FROM t
SELECT a - b + c, a - (b + c), a * b / c % d, a * (b / c), a / (b * c), (a ^ b) ^ c, a ^ (b ^ c) FROM t
SELECT a FROM t JOIN u ON t.id = u.id AND u.ts BETWEEN t.ts - INTERVAL '10' MINUTE AND t.ts
SELECT a FROM t JOIN u ON t.id = u.id LEFT JOIN v ON v.id = u.id RIGHT JOIN w USING (id) FULL JOIN x ON TRUE CROSS JOIN y NATURAL JOIN z
SELECT a FROM t LEFT JOIN u LEFT JOIN v ON v.b = u.b ON u.a = t.a
SELECT a FROM t LEFT JOIN (SELECT b, count(*) AS n FROM u GROUP BY b) AS c ON c.b = t.b WHERE COALESCE(c.n, 0) = 0
SELECT a FROM t, LATERAL f(t.a) WITH ORDINALITY AS g (x, i), LATERAL (VALUES (t.b)) AS v (y)
SELECT a, (SELECT count(*) FROM u WHERE u.a = t.a AND u.b > (SELECT avg(b) FROM u)) FROM t
SELECT a FROM t GROUP BY a ORDER BY count(*) DESC, max(b) NULLS FIRST LIMIT 10 OFFSET 20
SELECT DISTINCT a, b FROM t ORDER BY a
SELECT DISTINCT ON (a) * FROM t ORDER BY a, ts DESC
SELECT DISTINCT ON ((SELECT 1)) a FROM t
SELECT a FROM t INTERSECT SELECT a FROM u EXCEPT SELECT a FROM v
(SELECT a FROM t) EXCEPT ALL ((SELECT a FROM u) INTERSECT ALL (SELECT a FROM v)) ORDER BY 1
(VALUES (1) ORDER BY 1 LIMIT 1) UNION (TABLE t LIMIT 2) ORDER BY 1 DESC NULLS LAST
WITH RECURSIVE a AS (SELECT 1 AS n UNION SELECT n + 1 FROM a), b AS (SELECT * FROM a) SELECT * FROM b UNION ALL SELECT * FROM a ORDER BY n OFFSET 1
SELECT * FROM TUMBLE(bid, date_time, INTERVAL '10' SECOND) -- ours
SELECT window_start, window_end, count(*) FROM TUMBLE(bid, date_time, INTERVAL '10 seconds') GROUP BY window_start, window_end -- ours
SELECT w.auction, w.window_end FROM TUMBLE(s.bid, date_time, INTERVAL '1' MINUTE, INTERVAL '5' SECOND) AS w -- ours
SELECT * FROM tumble(bid, bid.date_time, INTERVAL '1 hour') t (a, b) -- ours
SELECT * FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(date_time), INTERVAL '10' SECOND)) -- ours
SELECT * FROM TABLE (TUMBLE (TABLE s.bid , DESCRIPTOR ( "Zeit" ) , INTERVAL '10' SECOND , INTERVAL '1' SECOND ) ) AS "ü" -- ours
SELECT * FROM TABLE(TUMBLE(DATA => TABLE bid, TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL '10' MINUTES)) -- ours
SELECT * FROM HOP(bid, date_time, INTERVAL '2' SECOND, INTERVAL '10' SECOND) -- ours
SELECT * FROM TABLE(HOP(TABLE bid, DESCRIPTOR(date_time), INTERVAL '2' SECOND, INTERVAL '10' SECOND, INTERVAL '1' SECOND)) AS h -- ours
SELECT * FROM HOP(size => INTERVAL '10' SECOND, slide => INTERVAL '2' SECOND, data => bid, timecol => ts) -- ours
SELECT * FROM CUMULATE(bid, date_time, INTERVAL '2' HOUR, INTERVAL '1' DAY) c -- ours
SELECT * FROM SESSION(bid, date_time, INTERVAL '5' MINUTE) -- ours
SELECT * FROM SESSION(bid PARTITION BY bidder, date_time, INTERVAL '5' MINUTE) AS s -- ours
SELECT * FROM SESSION(bid PARTITION BY bidder, auction, date_time, INTERVAL '5' MINUTE) AS s -- ours
SELECT * FROM TABLE(SESSION(TABLE bid PARTITION BY (bidder, auction), DESCRIPTOR(date_time), INTERVAL '5' MINUTE)) -- ours
SELECT * FROM TUMBLE((SELECT * FROM bid WHERE price > 1), date_time, INTERVAL '1' DAY) AS w -- ours
SELECT * FROM TUMBLE((SELECT * FROM HOP(bid, ts, INTERVAL '1 s', INTERVAL '2 s') AS h), window_start, INTERVAL '1' DAY) AS w -- ours
SELECT * FROM TUMBLE(a, ts, INTERVAL '1 s') AS l JOIN TUMBLE(b, ts, INTERVAL '1 s') AS r ON l.id = r.id AND l.window_start = r.window_start -- ours
SELECT * FROM bid, TUMBLE(b, ts, INTERVAL '1 s') -- ours
SELECT * FROM o LEFT JOIN r FOR SYSTEM_TIME AS OF o.ts ON o.id = r.id -- ours
SELECT * FROM o JOIN r FOR SYSTEM_TIME AS OF o.ts AS x ON o.id = x.id -- ours
SELECT * FROM o JOIN r FOR SYSTEM_TIME AS OF PROCTIME() x ON o.id = x.id WHERE x.a > 1 -- ours
SELECT * FROM o JOIN r AS x FOR SYSTEM_TIME AS OF o."Zeit" - INTERVAL '1' HOUR ON o.id = x.id -- ours
SELECT * FROM o JOIN r FOR SYSTEM_TIME AS OF (o.ts + INTERVAL '1 s') AS x USING (id) -- ours
SELECT * FROM r FOR SYSTEM_TIME AS OF TIMESTAMP '2026-01-01', o -- ours
SELECT * FROM a ASOF JOIN b ON a.id = b.id AND a.ts >= b.ts -- ours
SELECT * FROM a AS x ASOF LEFT JOIN b AS y ON x.id = y.id AND x.ts >= y.ts -- ours
SELECT * FROM a ASOF INNER JOIN (b JOIN c ON true) ON a.ts >= b.ts JOIN d ON true -- ours
SELECT * FROM a ASOF LEFT OUTER JOIN LATERAL (SELECT 1 AS ts) AS s ON a.ts > s.ts -- ours
SELECT * FROM t JOIN LATERAL TABLE(f(t.a)) AS g (x) ON true -- ours
SELECT * FROM TABLE(f(1)) AS g -- ours
