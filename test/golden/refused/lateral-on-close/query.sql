CREATE MATERIALIZED VIEW v AS
SELECT window_end, l.n FROM TUMBLE(bid, date_time, INTERVAL '1 minute') b, LATERAL (SELECT count(*) AS n FROM auction a WHERE a.id = b.auction) l
EMIT ON WINDOW CLOSE;
