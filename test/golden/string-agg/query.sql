CREATE MATERIALIZED VIEW v AS
SELECT string_agg(channel, ',') FROM bid;
