CREATE MATERIALIZED VIEW v AS
SELECT channel AS a, channel AS b, lower(channel) AS c, count(*) AS n FROM bid GROUP BY ROLLUP (1, 2);
