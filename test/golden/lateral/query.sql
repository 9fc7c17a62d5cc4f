CREATE MATERIALIZED VIEW v AS
SELECT a.id, l.price FROM auction a, LATERAL (SELECT b.price FROM bid b WHERE b.auction = a.id) l;
