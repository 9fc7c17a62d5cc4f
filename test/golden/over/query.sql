CREATE MATERIALIZED VIEW v AS
SELECT auction, price, rank() OVER w AS place, lag(price, 2, 0) OVER w AS before, sum(price) OVER (PARTITION BY auction ORDER BY date_time ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS last_three
FROM bid WINDOW w AS (PARTITION BY auction ORDER BY price DESC);
