CREATE MATERIALIZED VIEW v AS
SELECT auction, n, place FROM (SELECT auction, count(*) AS n, row_number() OVER (ORDER BY count(*) DESC, auction) AS place FROM bid GROUP BY auction) b WHERE place < 11;
