CREATE MATERIALIZED VIEW v AS
SELECT price, price - (SELECT avg(price) FROM bid) AS over_average FROM bid WHERE price > (SELECT min(price) + 10 FROM bid WHERE channel = 'Google');
