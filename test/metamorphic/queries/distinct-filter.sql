CREATE MATERIALIZED VIEW per_shop AS SELECT shop, count(DISTINCT item) AS items, sum(DISTINCT price) FILTER (WHERE paid) AS paid,
  string_agg(DISTINCT shop, ',') AS names, bool_and(paid) AS all_paid, count(*) FILTER (WHERE price > 100) AS dear FROM sale GROUP BY shop;
CREATE MATERIALIZED VIEW whole AS SELECT count(*) AS n, count(DISTINCT shop) AS shops, min(price) FILTER (WHERE NOT paid) AS least,
  string_agg(shop, ' ' ORDER BY id, shop, price, item) FILTER (WHERE item = 1) AS list FROM sale;
CREATE MATERIALIZED VIEW pairs AS SELECT DISTINCT shop, paid FROM sale;
