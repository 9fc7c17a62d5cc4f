CREATE MATERIALIZED VIEW v AS
SELECT id, (SELECT max(price) FROM bid b WHERE b.date_time < a.expires) AS m FROM auction a;
