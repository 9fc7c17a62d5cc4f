CREATE MATERIALIZED VIEW v AS
SELECT b.price FROM bid b JOIN auction a ON b.bidder IS NOT DISTINCT FROM a.seller;
