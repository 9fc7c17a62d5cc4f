CREATE MATERIALIZED VIEW v AS
SELECT min(n) AS low, max(n) AS high, count(DISTINCT n) AS different, sum(n) AS s, stddev_pop(n) AS d, bool_or(n > 5) AS o
FROM (SELECT auction, count(*) AS n FROM bid GROUP BY auction) c;
