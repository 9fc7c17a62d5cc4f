CREATE MATERIALIZED VIEW v AS
SELECT a.id FROM auction a ASOF JOIN LATERAL (SELECT price, date_time FROM bid b WHERE b.auction = a.id) l ON a.date_time >= l.date_time;
