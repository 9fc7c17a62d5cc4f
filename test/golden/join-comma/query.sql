CREATE MATERIALIZED VIEW v AS
SELECT b.price, a.item_name FROM auction a, bid b WHERE a.id = b.auction AND a.category = 10 AND b.channel IN ('Google', 'Apple');
