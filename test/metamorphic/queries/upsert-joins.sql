CREATE MATERIALIZED VIEW bought AS SELECT s.id, s.price, m.level FROM sale s JOIN member m ON m.id = s.item WHERE m.level > 1;
CREATE MATERIALIZED VIEW all_sales AS SELECT s.id, m.shop FROM sale s LEFT JOIN member m ON m.id = s.item AND m.credit > s.price WHERE s.price > 150;
CREATE MATERIALIZED VIEW both_sides AS SELECT m.id, b.kind, b.amount FROM member m FULL JOIN balance b ON b.shop = m.shop AND m.level = 2;
CREATE MATERIALIZED VIEW without_balance AS SELECT id, shop FROM member m WHERE NOT EXISTS (SELECT 1 FROM balance b WHERE b.shop = m.shop AND b.amount > 5);
CREATE MATERIALIZED VIEW in_shops AS SELECT id FROM member WHERE shop IN (SELECT shop FROM balance WHERE kind = 'a');
CREATE MATERIALIZED VIEW per_shop AS SELECT b.shop, sum(m.credit) AS credit FROM balance b RIGHT JOIN member m ON m.shop = b.shop WHERE b.kind = 'b' GROUP BY b.shop;
CREATE MATERIALIZED VIEW with_most AS SELECT id, (SELECT max(amount) FROM balance b WHERE b.shop = m.shop) AS most FROM member m WHERE level > 2;
