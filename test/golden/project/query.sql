CREATE MATERIALIZED VIEW v AS
SELECT auction, price * 2 AS twice, channel || '!' FROM bid;
