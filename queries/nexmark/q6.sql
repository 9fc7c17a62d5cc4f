-- Query 6, average selling price by seller: of the winning bids of his last auctions. The published text averages the row and the
-- ten before it. Where bids are equal the earlier one wins.
CREATE MATERIALIZED VIEW q6 AS
SELECT seller, id, avg(price) OVER (
  PARTITION BY seller ORDER BY date_time, id ROWS BETWEEN 10 PRECEDING AND CURRENT ROW
) AS average
FROM (
  SELECT a.id, a.seller, b.price, b.date_time,
         row_number() OVER (PARTITION BY a.id, a.seller ORDER BY b.price DESC, b.date_time, b.bidder) AS place
  FROM auction a, bid b
  WHERE a.id = b.auction AND b.date_time BETWEEN a.date_time AND a.expires
) winning
WHERE place <= 1;
