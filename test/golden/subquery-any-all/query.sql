CREATE MATERIALIZED VIEW v AS
SELECT price > ALL (SELECT category FROM auction) AS above, price = ANY (SELECT id FROM auction WHERE seller = bidder) AS own FROM bid;
