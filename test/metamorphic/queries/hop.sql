CREATE MATERIALIZED VIEW sliding AS SELECT window_start, window_end, count(*) AS n, max(price) AS best
  FROM HOP(sale, at, INTERVAL '2 seconds', INTERVAL '7 seconds') GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW rows_of_windows AS SELECT id, window_end FROM HOP(sale, at, INTERVAL '5 seconds', INTERVAL '5 seconds') WHERE item < 5;
