CREATE MATERIALIZED VIEW v AS
SELECT channel, count(*) AS n, count(price), sum(price), avg(price), min(url), max(date_time) FROM bid GROUP BY channel;
