CREATE MATERIALIZED VIEW v AS
SELECT * FROM bid, auction WHERE auction.id = bid.auction;
