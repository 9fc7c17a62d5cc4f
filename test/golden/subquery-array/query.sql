CREATE MATERIALIZED VIEW v AS
SELECT id, ARRAY(SELECT b.price FROM bid b WHERE b.auction = a.id ORDER BY b.date_time DESC) AS prices FROM auction a;
