CREATE MATERIALIZED VIEW v AS
SELECT auction, price, place FROM (SELECT *, rank() OVER (PARTITION BY auction ORDER BY price DESC) AS place FROM bid) b WHERE place <= 3;
