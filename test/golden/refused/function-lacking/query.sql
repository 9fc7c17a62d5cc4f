CREATE MATERIALIZED VIEW v AS
SELECT to_tsvector(channel) FROM bid;
