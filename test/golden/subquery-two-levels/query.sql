CREATE MATERIALIZED VIEW v AS
SELECT id FROM auction a WHERE EXISTS (
  SELECT 1 FROM bid b WHERE b.auction = a.id AND NOT EXISTS (SELECT 1 FROM auction c WHERE c.seller = b.bidder AND c.category = a.category)
);
