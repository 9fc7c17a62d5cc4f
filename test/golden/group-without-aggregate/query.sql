CREATE MATERIALIZED VIEW v AS
SELECT channel, auction FROM bid GROUP BY auction, channel;
