CREATE MATERIALIZED VIEW v AS
SELECT auction, price FROM bid
WHERE price > 10 AND now() - INTERVAL '5 minutes' >= date_time AND date_time BETWEEN CURRENT_TIMESTAMP - INTERVAL '1 day' AND now() AND 100 / price > 1;
