CREATE MATERIALIZED VIEW v AS
SELECT a.id, b.price
FROM TUMBLE(auction, date_time, INTERVAL '1 minute') a
JOIN TUMBLE(bid, date_time, INTERVAL '1 minute') b ON b.auction = a.id AND a.window_end = b.window_end EMIT ON WINDOW CLOSE;
