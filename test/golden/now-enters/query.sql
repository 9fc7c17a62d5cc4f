CREATE MATERIALIZED VIEW v AS
SELECT auction FROM bid WHERE date_time + INTERVAL '1 hour' <= now();
