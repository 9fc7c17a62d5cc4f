CREATE MATERIALIZED VIEW v AS
SELECT auction, array_agg(price) AS a, array_agg(channel ORDER BY date_time DESC) FILTER (WHERE price > 10) AS b,
       array_agg(DISTINCT channel) AS c, bit_xor(price) AS d
FROM bid GROUP BY auction;
