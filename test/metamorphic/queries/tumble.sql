CREATE MATERIALIZED VIEW per_window AS SELECT window_start, window_end, count(*) AS n, sum(price) AS total, min(shop) AS first
  FROM TUMBLE(sale, at, INTERVAL '3 seconds') GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW per_shop AS SELECT shop, window_start, avg(price) AS mean
  FROM TUMBLE(sale, at, INTERVAL '5 seconds', INTERVAL '1 second') WHERE paid GROUP BY shop, window_start HAVING count(*) > 1;
