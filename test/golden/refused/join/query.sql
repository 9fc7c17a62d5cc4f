CREATE MATERIALIZED VIEW v AS
SELECT * FROM bid JOIN auction ON auction.id = bid.auction;
