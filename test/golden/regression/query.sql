CREATE MATERIALIZED VIEW v AS
SELECT channel, corr(n, auction) AS c, regr_slope(n, auction) AS s, approx_count_distinct(n) AS u, first_value(n ORDER BY auction) AS f FROM (SELECT channel, auction, count(*) AS n FROM bid GROUP BY channel, auction) x GROUP BY channel;
