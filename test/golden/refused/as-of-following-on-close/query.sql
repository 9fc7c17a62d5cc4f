CREATE MATERIALIZED VIEW v AS
SELECT a.id FROM auction a ASOF JOIN bid b ON b.auction = a.id AND b.date_time >= a.date_time EMIT ON WINDOW CLOSE;
