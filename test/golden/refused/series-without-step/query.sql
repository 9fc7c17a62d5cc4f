CREATE MATERIALIZED VIEW v AS
SELECT * FROM bid, generate_series(date_time, date_time) AS g;
