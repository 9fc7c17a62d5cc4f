CREATE MATERIALIZED VIEW lists AS SELECT shop, array_agg(paid ORDER BY id, item, price) AS paid, jsonb_agg(item ORDER BY id, item) FILTER (WHERE paid) AS items,
  array_agg(DISTINCT item) AS kinds, bit_xor(item) AS x, bit_or(item) FILTER (WHERE NOT paid) AS o FROM sale GROUP BY shop;
CREATE MATERIALIZED VIEW of_counts AS SELECT paid, jsonb_object_agg(shop, n ORDER BY shop) AS by_shop, bit_and(n) AS a, sum(n / 7.0::double precision) AS s
  FROM (SELECT shop, paid, count(*) AS n FROM sale WHERE shop IS NOT NULL GROUP BY shop, paid) x GROUP BY paid;
