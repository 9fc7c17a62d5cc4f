-- Query 18, find last bid: of each person on each auction. Bids at one time are told apart by their price.
CREATE MATERIALIZED VIEW q18 AS
SELECT auction, bidder, price, channel, url, date_time, extra
FROM (
  SELECT *, row_number() OVER (PARTITION BY bidder, auction ORDER BY date_time DESC, price DESC, channel, extra) AS place
  FROM bid
) latest
WHERE place <= 1;
