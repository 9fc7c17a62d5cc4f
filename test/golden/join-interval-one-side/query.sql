-- Bids are of no use once later auctions can come only; auctions wait for later bids for ever.
CREATE MATERIALIZED VIEW v AS
SELECT a.id, b.price FROM auction a JOIN bid b ON b.auction = a.id AND b.date_time >= a.date_time;
