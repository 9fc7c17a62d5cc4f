CREATE MATERIALIZED VIEW v AS
SELECT l FROM kinds WHERE now() - ts < INTERVAL '1 hour' AND day <= transaction_timestamp();
