CREATE MATERIALIZED VIEW v AS
SELECT b.price, a.item_name FROM bid b ASOF JOIN auction a ON a.id = b.auction AND a.date_time < b.date_time EMIT ON WINDOW CLOSE;
