CREATE MATERIALIZED VIEW v AS
SELECT parse_ident(channel) FROM bid;
