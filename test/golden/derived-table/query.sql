CREATE MATERIALIZED VIEW v AS
SELECT a, n FROM (SELECT auction, count(*) FROM bid GROUP BY auction) AS c(a, n) WHERE n > 5 AND a < 100;
