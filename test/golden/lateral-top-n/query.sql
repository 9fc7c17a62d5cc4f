CREATE MATERIALIZED VIEW v AS
SELECT a.id, l.price, l.bidder FROM auction a LEFT JOIN LATERAL (
  SELECT b.price, b.bidder FROM bid b WHERE b.auction = a.id ORDER BY b.price DESC LIMIT 3
) l ON true;
