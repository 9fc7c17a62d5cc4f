CREATE MATERIALIZED VIEW v AS
SELECT auction, string_agg(channel, extra ORDER BY price DESC, date_time) AS a, string_agg(DISTINCT channel, ', ') AS b
FROM bid GROUP BY auction;
