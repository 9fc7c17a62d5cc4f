CREATE MATERIALIZED VIEW v AS
SELECT a.id, l.x FROM auction a, LATERAL (
  SELECT b.price AS x FROM bid b FULL JOIN auction c ON c.id = b.auction AND c.seller = a.seller
) l;
