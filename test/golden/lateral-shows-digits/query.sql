CREATE MATERIALIZED VIEW v AS
SELECT k.i, l.shown FROM kinds k, LATERAL (SELECT k.n::text || count(*)::text AS shown FROM bid b WHERE b.price < k.n) l;
