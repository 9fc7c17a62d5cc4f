-- Query 5, hot items: the auctions with the most bids in ten seconds, every two seconds.
CREATE MATERIALIZED VIEW q5 AS
SELECT bids.auction, bids.num, bids.window_start, bids.window_end
FROM (
  SELECT auction, count(*) AS num, window_start, window_end
  FROM HOP(bid, date_time, INTERVAL '2 seconds', INTERVAL '10 seconds')
  GROUP BY auction, window_start, window_end
) bids
JOIN (
  SELECT max(num) AS most, window_start, window_end
  FROM (
    SELECT count(*) AS num, window_start, window_end
    FROM HOP(bid, date_time, INTERVAL '2 seconds', INTERVAL '10 seconds')
    GROUP BY auction, window_start, window_end
  ) counts
  GROUP BY window_start, window_end
) most
ON bids.window_start = most.window_start AND bids.window_end = most.window_end AND bids.num >= most.most;
