CREATE MATERIALIZED VIEW v AS
SELECT n, channel, count(*) AS c FROM (SELECT auction, channel, count(*) AS n FROM bid GROUP BY auction, channel) x GROUP BY CUBE (n, channel);
