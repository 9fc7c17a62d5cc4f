CREATE SINK s AS SELECT window_end, count(*) FROM TUMBLE(bid, date_time, INTERVAL '10 seconds') GROUP BY window_end EMIT ON WINDOW CLOSE
WITH (connector = 'blackhole');
