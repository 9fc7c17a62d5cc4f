CREATE MATERIALIZED VIEW v AS
SELECT a.id, b.bidder
FROM auction a FULL JOIN bid b ON b.auction = a.id AND b.date_time > a.date_time - INTERVAL '1 minute' AND b.date_time < a.date_time + INTERVAL '2 minutes'
EMIT ON WINDOW CLOSE;
