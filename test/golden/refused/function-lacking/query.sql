CREATE MATERIALIZED VIEW v AS
SELECT regexp_replace(channel, 'a', 'b') FROM bid;
