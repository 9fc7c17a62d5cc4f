CREATE MATERIALIZED VIEW per_item AS SELECT item, count(*) AS n, sum(price) AS total FROM sale GROUP BY item;
CREATE VIEW busy AS SELECT item, n FROM per_item WHERE n > 2;
CREATE MATERIALIZED VIEW busiest AS SELECT n, count(*) AS items, max(item) AS last FROM busy GROUP BY n;
CREATE MATERIALIZED VIEW per_second AS SELECT window_end AS second, count(*) AS n FROM TUMBLE(sale, at, INTERVAL '1 second') GROUP BY window_start, window_end EMIT ON WINDOW CLOSE;
CREATE MATERIALIZED VIEW per_ten AS SELECT window_start, sum(n) AS n, count(*) AS seconds FROM TUMBLE(per_second, second, INTERVAL '10 seconds') GROUP BY window_start, window_end EMIT ON WINDOW CLOSE;
