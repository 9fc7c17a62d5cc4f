CREATE MATERIALIZED VIEW v AS
SELECT b.price FROM bid b ASOF JOIN auction a ON a.id = b.auction AND b.date_time >= a.date_time AND b.price > a.seller;
