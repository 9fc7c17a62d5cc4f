CREATE MATERIALIZED VIEW v AS
SELECT b.price, a.item_name FROM bid b JOIN auction a ON a.id = b.auction WHERE a.category = 10 AND b.price > 100;
