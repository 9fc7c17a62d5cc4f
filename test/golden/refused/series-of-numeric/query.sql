CREATE MATERIALIZED VIEW v AS
SELECT * FROM bid, generate_series(1.5, 3) AS g;
