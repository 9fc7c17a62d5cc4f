CREATE MATERIALIZED VIEW v AS
SELECT a.id FROM auction a RIGHT JOIN LATERAL (SELECT price FROM bid b WHERE b.auction = a.id) l ON true;
