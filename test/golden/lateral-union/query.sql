CREATE MATERIALIZED VIEW v AS
SELECT a.id, l.v FROM auction a, LATERAL (
  SELECT b.price AS v FROM bid b WHERE b.auction = a.id UNION ALL SELECT c.id FROM auction c WHERE c.seller = a.id
) l;
