CREATE MATERIALIZED VIEW v AS
SELECT a.id, a.item_name, b.price
FROM auction a LEFT JOIN bid b ON b.auction = a.id AND b.date_time BETWEEN a.date_time AND a.expires;
