CREATE MATERIALIZED VIEW levels AS SELECT m.id, g, v.name FROM member m LEFT JOIN LATERAL generate_series(1, m.level) AS g ON true JOIN (VALUES (1, 'one'), (2, 'two'), (3, NULL)) AS v(n, name) ON v.n = m.level;
CREATE MATERIALIZED VIEW letters AS SELECT letter, count(*) AS n FROM (SELECT m.id, unnest(string_to_array(m.shop, 'o')) AS letter FROM member m) l GROUP BY letter;
CREATE MATERIALIZED VIEW more_shops AS SELECT shop FROM member EXCEPT ALL SELECT shop FROM balance WHERE amount > 0;
CREATE MATERIALIZED VIEW both_shops AS SELECT shop FROM member INTERSECT ALL SELECT shop FROM balance;
