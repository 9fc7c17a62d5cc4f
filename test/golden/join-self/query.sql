CREATE MATERIALIZED VIEW v AS
SELECT x.bidder, y.auction FROM bid x JOIN bid y ON x.bidder = y.bidder AND x.auction <> y.auction;
