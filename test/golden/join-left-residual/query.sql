CREATE MATERIALIZED VIEW v AS
SELECT a.id, b.bidder FROM auction a LEFT JOIN bid b ON a.id = b.auction AND b.date_time > a.date_time AND b.price < 1000 AND a.category = 10;
