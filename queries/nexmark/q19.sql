-- Query 19, auction top-10 price. Bids of one price are told apart by what else they are.
CREATE MATERIALIZED VIEW q19 AS
SELECT *
FROM (
  SELECT *, row_number() OVER (PARTITION BY auction ORDER BY price DESC, date_time, bidder, channel, extra) AS place
  FROM bid
) ranked
WHERE place <= 10;
