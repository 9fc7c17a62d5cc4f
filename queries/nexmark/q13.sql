-- Query 13, bounded side input: bids with a value that is looked up. The side input does not change, so that a join says it.
CREATE MATERIALIZED VIEW q13 AS
SELECT b.auction, b.bidder, b.price, b.date_time, s.value
FROM bid b JOIN side_input s ON s.key = b.auction % 10000;
