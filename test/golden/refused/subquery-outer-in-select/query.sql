CREATE MATERIALIZED VIEW v AS
SELECT id FROM auction a WHERE id IN (SELECT b.auction + a.id FROM bid b);
