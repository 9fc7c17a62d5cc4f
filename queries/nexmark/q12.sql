-- Query 12, processing time windows: bids of a person in ten seconds of the time at which they came. That is the time which the record
-- got when it was written into the topic, so that the answer is the same whenever and however often it is computed.
CREATE SOURCE IF NOT EXISTS bid_as_it_came (
  bidder BIGINT,
  WATERMARK FOR arrived AS arrived
)
INCLUDE TIMESTAMP AS arrived
WITH (connector = 'kafka', topic = 'nexmark-bid', scan.startup.mode = 'earliest')
FORMAT PLAIN ENCODE JSON;

CREATE MATERIALIZED VIEW q12 AS
SELECT bidder, count(*) AS bid_count, window_start, window_end
FROM TUMBLE(bid_as_it_came, arrived, INTERVAL '10 seconds')
GROUP BY bidder, window_start, window_end;
