CREATE MATERIALIZED VIEW v AS
SELECT auction, channel, count(*), GROUPING(auction, channel) AS g FROM bid GROUP BY ROLLUP (auction, channel);
