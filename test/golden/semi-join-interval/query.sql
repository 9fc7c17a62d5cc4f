CREATE MATERIALIZED VIEW v AS
SELECT id FROM auction a
WHERE NOT EXISTS (SELECT 1 FROM bid b WHERE b.auction = a.id AND b.date_time BETWEEN a.date_time AND a.date_time + INTERVAL '1 day')
EMIT ON WINDOW CLOSE;
