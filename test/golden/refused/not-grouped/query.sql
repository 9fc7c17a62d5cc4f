CREATE MATERIALIZED VIEW v AS
SELECT auction, channel, count(*) FROM bid GROUP BY auction;
