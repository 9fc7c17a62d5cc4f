CREATE MATERIALIZED VIEW richest AS SELECT b.shop, b.kind, l.id, l.credit FROM balance b CROSS JOIN LATERAL (SELECT m.id, m.credit FROM member m WHERE m.shop = b.shop ORDER BY m.credit DESC NULLS LAST, m.id LIMIT 1) l;
CREATE MATERIALIZED VIEW poorer AS SELECT id, (SELECT count(*) FROM member o WHERE o.credit < m.credit AND o.level = m.level) AS n FROM member m;
CREATE MATERIALIZED VIEW known AS SELECT id, shop IN (SELECT shop FROM balance WHERE amount > 5) AS rich, shop NOT IN (SELECT shop FROM balance WHERE kind = 'a') AS other, level <> ANY (SELECT o.level FROM member o WHERE o.shop = m.shop) AS mixed FROM member m;
CREATE MATERIALIZED VIEW single AS SELECT b.shop, b.kind, (SELECT m.credit FROM member m WHERE m.shop = b.shop AND m.level = 1 AND m.id < 4) AS credit FROM balance b;
CREATE MATERIALIZED VIEW lists AS SELECT shop, kind, ARRAY(SELECT m.id FROM member m WHERE m.shop = b.shop AND m.level < b.amount ORDER BY m.id) AS members FROM balance b;
CREATE MATERIALIZED VIEW two_levels AS SELECT id FROM member m WHERE EXISTS (SELECT FROM balance b WHERE b.shop = m.shop AND NOT EXISTS (SELECT FROM member o WHERE o.shop = b.shop AND o.level > m.level));
CREATE MATERIALIZED VIEW constants AS SELECT v.n, count(m.id) AS members FROM (VALUES (1), (2), (9)) AS v(n) LEFT JOIN member m ON m.level = v.n GROUP BY v.n;
