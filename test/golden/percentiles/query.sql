CREATE MATERIALIZED VIEW v AS
SELECT auction, percentile_cont(0.5) WITHIN GROUP (ORDER BY price) AS median, percentile_disc(ARRAY[0.1, 0.9]) WITHIN GROUP (ORDER BY price DESC) FILTER (WHERE bidder > 0) AS ends, mode() WITHIN GROUP (ORDER BY channel) AS usual, max(channel) AS last FROM bid GROUP BY auction;
