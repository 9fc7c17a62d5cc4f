CREATE MATERIALIZED VIEW v AS
SELECT auction, n FROM (SELECT auction, count(*) AS n, dense_rank() OVER (ORDER BY count(*) DESC) AS place FROM bid GROUP BY auction) b WHERE place = 2;
