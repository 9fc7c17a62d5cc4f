-- Any order will do, and what is compared may be computed.
CREATE MATERIALIZED VIEW v AS
SELECT b.price, k.t FROM bid b ASOF LEFT JOIN kinds k ON k.l + 1 = b.auction AND k.t IS NOT DISTINCT FROM b.channel AND b.price * 2 > k.l;
