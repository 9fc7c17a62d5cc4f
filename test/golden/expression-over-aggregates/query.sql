CREATE MATERIALIZED VIEW v AS
SELECT channel, sum(price) / count(*) AS mean, max(price) - min(price) AS spread FROM bid GROUP BY channel;
