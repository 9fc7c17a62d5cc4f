CREATE MATERIALIZED VIEW v AS
SELECT auction, d FROM bid, generate_series(date_time, date_time + INTERVAL '1 hour', INTERVAL '10 minutes') AS d;
