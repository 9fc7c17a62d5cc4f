CREATE MATERIALIZED VIEW v AS
SELECT a.id, l.x FROM auction a, LATERAL (
  SELECT b.price AS x FROM bid b ASOF JOIN (SELECT * FROM auction d WHERE d.seller = a.seller) c ON c.id = b.auction AND b.date_time >= c.date_time
) l;
