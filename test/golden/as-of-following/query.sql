-- The next bid: whether a nearer one comes is never known, so nothing is freed.
CREATE MATERIALIZED VIEW v AS
SELECT a.id, b.price FROM auction a ASOF JOIN bid b ON b.auction = a.id AND b.date_time >= a.date_time;
