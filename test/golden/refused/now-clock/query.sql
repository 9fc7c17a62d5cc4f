CREATE MATERIALIZED VIEW v AS
SELECT price FROM bid WHERE date_time > clock_timestamp();
