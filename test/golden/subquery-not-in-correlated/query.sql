CREATE MATERIALIZED VIEW v AS
SELECT id FROM auction a WHERE id NOT IN (SELECT b.auction FROM bid b WHERE b.date_time < a.expires);
