CREATE MATERIALIZED VIEW v AS
SELECT approx_count_distinct(price) OVER (ORDER BY auction) AS a FROM bid;
