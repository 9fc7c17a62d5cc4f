CREATE MATERIALIZED VIEW v AS
SELECT channel, jsonb_agg(n ORDER BY n) AS a, jsonb_object_agg_strict(auction, n) AS b, bit_or(n) AS c, any_value(n) AS d
FROM (SELECT channel, auction, count(*) AS n FROM bid GROUP BY channel, auction) x GROUP BY channel;
