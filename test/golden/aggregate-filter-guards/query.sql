CREATE MATERIALIZED VIEW v AS
SELECT auction, sum(1000 / price) FILTER (WHERE price <> 0) AS s, count(*) FILTER (WHERE channel = 'Google') AS c
FROM bid GROUP BY auction;
