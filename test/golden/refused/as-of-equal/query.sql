CREATE MATERIALIZED VIEW v AS
SELECT b.price FROM bid b ASOF JOIN auction a ON a.id = b.auction;
