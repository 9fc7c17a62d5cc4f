CREATE MATERIALIZED VIEW priced AS SELECT id, upper(shop) AS shop, price * 1.19 AS gross, coalesce(paid, false) AS paid FROM sale WHERE price > 20 AND shop LIKE 'shop%';
CREATE MATERIALIZED VIEW sized AS SELECT id, CASE WHEN price IS NULL THEN 'free' WHEN price < 50 THEN 'small' ELSE shop END AS size FROM sale WHERE NOT paid OR item IN (0, 1, 2);
