CREATE MATERIALIZED VIEW v AS
SELECT bidder, max(date_time) AS latest FROM bid GROUP BY bidder HAVING max(date_time) > now() - INTERVAL '1 hour' AND count(*) > 1;
