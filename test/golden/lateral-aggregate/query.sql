CREATE MATERIALIZED VIEW v AS
SELECT a.id, l.n, l.most FROM auction a CROSS JOIN LATERAL (
  SELECT count(*) AS n, max(b.price) AS most FROM bid b WHERE b.auction = a.id AND b.date_time < a.expires
) l;
