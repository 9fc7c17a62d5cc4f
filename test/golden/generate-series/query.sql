CREATE MATERIALIZED VIEW v AS
SELECT auction, g FROM bid, generate_series(1, 3) AS g;
