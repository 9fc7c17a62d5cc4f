CREATE MATERIALIZED VIEW v AS
SELECT * FROM bid FULL JOIN auction ON auction.id = bid.auction;
