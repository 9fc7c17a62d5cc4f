CREATE MATERIALIZED VIEW v AS
SELECT auction, generate_series(1, 1000 / price) AS n FROM bid WHERE 1000 / auction > 10;
