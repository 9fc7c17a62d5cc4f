CREATE MATERIALIZED VIEW v AS
SELECT * FROM bid LEFT JOIN auction ON auction.id = bid.auction;
