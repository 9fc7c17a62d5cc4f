CREATE MATERIALIZED VIEW v AS
SELECT g, count(b.price) AS n FROM generate_series(1, 10) AS g LEFT JOIN bid b ON b.price = g GROUP BY g;
