CREATE MATERIALIZED VIEW v AS
SELECT a.id FROM auction a LEFT JOIN bid b ON b.auction = a.id AND EXISTS (SELECT FROM auction c WHERE c.id = a.category AND c.seller = b.bidder);
