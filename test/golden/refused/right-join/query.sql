CREATE MATERIALIZED VIEW v AS
SELECT * FROM bid RIGHT JOIN auction ON auction.id = bid.auction;
