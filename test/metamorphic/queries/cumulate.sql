CREATE MATERIALIZED VIEW so_far AS SELECT shop, window_start, window_end, count(*) AS n, sum(price) AS total
  FROM CUMULATE(sale, at, INTERVAL '2 seconds', INTERVAL '10 seconds') GROUP BY shop, window_start, window_end;
