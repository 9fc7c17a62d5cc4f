CREATE MATERIALIZED VIEW v AS
SELECT auction, bidder, price FROM (SELECT *, row_number() OVER (PARTITION BY auction ORDER BY price DESC, date_time) AS place FROM bid) b WHERE place <= 3 AND auction > 10;
