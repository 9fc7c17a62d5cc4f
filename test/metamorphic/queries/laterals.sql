CREATE MATERIALIZED VIEW best_sales AS SELECT i.id, l.id AS sale, l.price FROM item i LEFT JOIN LATERAL (SELECT s.id, s.price FROM sale s WHERE s.item = i.id ORDER BY s.price DESC NULLS LAST, s.id LIMIT 2) l ON true;
CREATE MATERIALIZED VIEW lighter AS SELECT i.id, l.n FROM item i, LATERAL (SELECT count(*) AS n FROM item j WHERE j.weight < i.weight) l;
CREATE MATERIALIZED VIEW in_or AS SELECT id FROM sale WHERE price > 180 OR item IN (SELECT id FROM item WHERE kind = 'a' AND weight < 9);
CREATE MATERIALIZED VIEW shown AS SELECT i.id, EXISTS (SELECT FROM sale s WHERE s.item = i.id AND s.paid) AS paid, i.weight > ALL (SELECT j.weight FROM item j WHERE j.kind = i.kind AND j.id < i.id) AS top FROM item i;
CREATE MATERIALIZED VIEW of_kinds AS SELECT kind, count(*) AS n, (SELECT count(*) FROM sale s WHERE s.item % 3 = length(i.kind) AND s.shop > i.kind) AS last FROM item i GROUP BY kind;
CREATE MATERIALIZED VIEW halves AS SELECT i.id, g FROM generate_series(0.5, 2) AS g JOIN item i ON i.weight = (g * 2)::int;
