CREATE MATERIALIZED VIEW v AS
SELECT a.id FROM auction a, (SELECT price FROM bid b WHERE b.auction = a.id) l;
