CREATE MATERIALIZED VIEW v AS
SELECT window_end, count(*) FROM CUMULATE(bid, date_time, INTERVAL '7 seconds', INTERVAL '10 seconds') GROUP BY window_end;
