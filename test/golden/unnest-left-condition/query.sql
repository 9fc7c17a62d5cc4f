CREATE MATERIALIZED VIEW v AS
SELECT b.auction, u.x FROM bid b LEFT JOIN unnest(ARRAY[b.price, b.bidder]) AS u(x) ON u.x > 10;
