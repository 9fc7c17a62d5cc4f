CREATE MATERIALIZED VIEW v AS
SELECT id FROM auction, (VALUES ((SELECT max(price) FROM bid))) v(x);
