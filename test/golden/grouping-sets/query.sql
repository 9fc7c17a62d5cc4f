CREATE MATERIALIZED VIEW v AS
SELECT auction, channel, max(price) AS m FROM bid GROUP BY GROUPING SETS ((auction), (channel), ()) HAVING max(price) > 10;
