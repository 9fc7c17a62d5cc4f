CREATE MATERIALIZED VIEW v AS
SELECT channel, count(*) AS bids FROM bid WHERE date_time > now() - INTERVAL '1 hour' GROUP BY channel;
