CREATE MATERIALIZED VIEW v AS
SELECT price FROM bid WHERE date_time > now() - INTERVAL '1 hour';
