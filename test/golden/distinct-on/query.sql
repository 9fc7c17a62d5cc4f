CREATE MATERIALIZED VIEW v AS
SELECT DISTINCT ON (bidder) bidder, price FROM bid ORDER BY bidder, date_time DESC;
