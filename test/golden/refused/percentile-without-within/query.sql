CREATE MATERIALIZED VIEW v AS
SELECT percentile_cont(0.5, price) AS p FROM bid;
