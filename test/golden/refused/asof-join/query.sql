CREATE MATERIALIZED VIEW v AS
SELECT bid.price FROM bid ASOF JOIN auction ON auction.id = bid.auction AND auction.date_time <= bid.date_time;
