CREATE MATERIALIZED VIEW v AS
SELECT b.price FROM kinds k LEFT JOIN bid b ON k.l = b.auction AND b.date_time BETWEEN k.tz AND k.tz + INTERVAL '1 hour' EMIT ON WINDOW CLOSE;
