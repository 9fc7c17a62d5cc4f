CREATE MATERIALIZED VIEW per_shop AS SELECT shop, count(*) AS n, sum(credit) AS total FROM member GROUP BY shop;
CREATE VIEW rich AS SELECT shop, n, total FROM per_shop WHERE total > 100;
CREATE MATERIALIZED VIEW by_size AS SELECT n, count(*) AS shops, max(total) AS most FROM rich GROUP BY n;
CREATE MATERIALIZED VIEW joined AS SELECT p.shop, p.n, b.kind, b.amount FROM per_shop p JOIN balance b ON b.shop = p.shop;
CREATE MATERIALIZED VIEW top AS SELECT shop, amount FROM joined ORDER BY amount DESC NULLS LAST, shop, kind LIMIT 5;
