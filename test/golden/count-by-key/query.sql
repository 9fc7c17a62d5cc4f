CREATE MATERIALIZED VIEW v AS
SELECT auction, count(*) FROM bid WHERE price > 100 GROUP BY auction;
