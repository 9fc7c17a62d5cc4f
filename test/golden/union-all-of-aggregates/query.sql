CREATE MATERIALIZED VIEW v AS
SELECT 'bid' AS kind, channel, count(*) FROM bid GROUP BY channel UNION ALL SELECT 'auction', NULL, count(*) FROM auction UNION ALL SELECT 'row', url, price FROM bid WHERE price > 1000;
