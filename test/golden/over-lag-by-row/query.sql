CREATE MATERIALIZED VIEW v AS
SELECT auction, lag(price, (bidder % 3)::int, 0) OVER w AS before, nth_value(price, (bidder % 3)::int) OVER w AS nth, lead(channel, -1) OVER w AS c
FROM bid WINDOW w AS (PARTITION BY auction ORDER BY date_time);
