CREATE MATERIALIZED VIEW v AS
SELECT auction, sum(count(*)) OVER (total ORDER BY auction) AS so_far, round(100 * count(*) / sum(count(*)) OVER total, 1) AS share, avg(max(price)) OVER (PARTITION BY auction % 7) AS mean
FROM bid GROUP BY auction WINDOW total AS (), unused AS (total ORDER BY max(bidder));
