CREATE MATERIALIZED VIEW v AS
SELECT id, EXISTS (SELECT FROM bid b WHERE b.auction = a.id) AS has_bids FROM auction a;
