CREATE MATERIALIZED VIEW v AS
SELECT channel AS a, channel AS b, GROUPING(channel) AS g, count(*) AS n FROM bid GROUP BY ROLLUP (1, 2);
