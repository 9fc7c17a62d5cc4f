CREATE MATERIALIZED VIEW v AS
SELECT auction, price, place FROM (SELECT *, row_number() OVER (PARTITION BY auction ORDER BY price DESC) AS place FROM bid) b WHERE place BETWEEN 2 AND 5;
