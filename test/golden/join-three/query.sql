CREATE MATERIALIZED VIEW v AS
SELECT s.item_name, a.item_name AS other, b.price FROM auction s JOIN auction a ON a.seller = s.seller JOIN bid b ON b.auction = a.id;
