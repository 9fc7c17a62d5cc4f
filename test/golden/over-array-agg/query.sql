CREATE MATERIALIZED VIEW v AS
SELECT auction, array_agg(price) FILTER (WHERE bidder > 7) OVER w AS prices, string_agg(channel, ', ') OVER w AS channels, jsonb_object_agg(bidder, price) OVER w AS last
FROM bid WINDOW w AS (PARTITION BY auction ORDER BY date_time ROWS 3 PRECEDING);
