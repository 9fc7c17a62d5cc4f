-- The auction's time of a pair can be a minute behind the watermark, for which the second join waits.
CREATE MATERIALIZED VIEW v AS
SELECT a.id, b.price, c.price AS later
FROM auction a
JOIN bid b ON b.auction = a.id AND b.date_time BETWEEN a.date_time AND a.date_time + INTERVAL '1 minute'
JOIN bid c ON c.auction = a.id AND c.date_time BETWEEN a.date_time AND a.date_time + INTERVAL '1 hour';
