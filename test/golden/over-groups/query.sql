CREATE MATERIALIZED VIEW v AS
SELECT channel, count(*) AS n, avg(count(*)) OVER () AS mean FROM bid GROUP BY channel;
