CREATE MATERIALIZED VIEW parts AS SELECT s.id, u.x, u.n FROM sale s, unnest(ARRAY[s.item, s.id::int % 3, NULL]) WITH ORDINALITY AS u(x, n) WHERE s.price > 100;
CREATE MATERIALIZED VIEW steps AS SELECT g, count(*) AS n, sum(i.weight) AS weight FROM item i, generate_series(1, i.id % 4) AS g GROUP BY g;
CREATE MATERIALIZED VIEW common_all AS SELECT item FROM sale WHERE paid INTERSECT ALL SELECT id FROM item;
CREATE MATERIALIZED VIEW left_all AS SELECT item % 5 AS k FROM sale EXCEPT ALL SELECT id % 5 FROM item WHERE weight > 10;
