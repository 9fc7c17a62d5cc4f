CREATE MATERIALIZED VIEW v AS
SELECT i, g FROM kinds, generate_series(1.5, n) AS g;
