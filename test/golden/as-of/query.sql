CREATE MATERIALIZED VIEW v AS
SELECT b.price, a.item_name FROM bid b ASOF LEFT JOIN auction a ON a.id = b.auction AND b.date_time >= a.date_time WHERE b.price > 5;
