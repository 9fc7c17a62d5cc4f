CREATE MATERIALIZED VIEW v AS
SELECT id, (SELECT count(*) FROM bid b WHERE b.auction = a.id AND b.price > 10) AS bids FROM auction a;
