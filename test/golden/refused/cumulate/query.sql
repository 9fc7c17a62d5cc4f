CREATE MATERIALIZED VIEW v AS
SELECT window_end, count(*) FROM CUMULATE(bid, date_time, INTERVAL '1 second', INTERVAL '10 seconds') GROUP BY window_end;
