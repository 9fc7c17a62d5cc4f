CREATE MATERIALIZED VIEW v AS
SELECT b.price FROM bid b JOIN auction a ON b.auction + 1 = a.id;
