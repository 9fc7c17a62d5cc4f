CREATE MATERIALIZED VIEW v AS
SELECT a.id, b.price FROM auction a LEFT JOIN bid b ON b.auction = a.id AND b.bidder IN (SELECT seller FROM auction);
