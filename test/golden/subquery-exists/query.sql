CREATE MATERIALIZED VIEW v AS
SELECT id, item_name FROM auction a WHERE EXISTS (SELECT 1 FROM bid b WHERE b.auction = a.id AND b.price > 100 AND b.date_time < a.expires);
