CREATE MATERIALIZED VIEW v AS
SELECT window_end, count(*) FROM TUMBLE(bid, date_time, price) GROUP BY window_end;
