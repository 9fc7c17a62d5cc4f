CREATE MATERIALIZED VIEW v AS
SELECT date_trunc('minit', date_time) FROM bid;
