-- The time between the rows in WHERE, as a difference, and in months, which are at most 31 days.
CREATE MATERIALIZED VIEW v AS
SELECT a.id, b.price
FROM auction a, bid b
WHERE b.auction = a.id AND b.date_time - a.date_time < INTERVAL '1 hour' AND a.date_time <= b.date_time + INTERVAL '1 month';
