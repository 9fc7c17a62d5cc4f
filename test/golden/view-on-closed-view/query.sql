CREATE MATERIALIZED VIEW per_window AS
  SELECT auction, window_end AS at, count(*) AS n FROM TUMBLE(bid, date_time, INTERVAL '10 seconds') GROUP BY auction, window_start, window_end
  EMIT ON WINDOW CLOSE;
-- Windows over the ends of windows: each row comes once, so that an aggregate over them only grows.
CREATE MATERIALIZED VIEW per_minute AS
  SELECT window_end AS minute, sum(n) AS bids FROM TUMBLE(per_window, at, INTERVAL '1 minute') GROUP BY window_end
  EMIT ON WINDOW CLOSE;
CREATE MATERIALIZED VIEW large AS SELECT auction, at FROM per_window WHERE n > 5 EMIT ON WINDOW CLOSE;
CREATE SINK out FROM per_window WITH (connector = 'blackhole');
