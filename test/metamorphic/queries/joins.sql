CREATE MATERIALIZED VIEW inside AS SELECT s.id, s.price, i.kind FROM sale s JOIN item i ON i.id = s.item WHERE i.weight > 5;
CREATE MATERIALIZED VIEW all_items AS SELECT i.id, s.n FROM item i LEFT JOIN (SELECT item, count(*) AS n FROM sale GROUP BY item) s ON s.item = i.id;
CREATE MATERIALIZED VIEW both_sides AS SELECT k.kind, k.n, s.shop, s.m FROM (SELECT kind, count(*) AS n FROM item GROUP BY kind) k
  FULL JOIN (SELECT shop, count(DISTINCT item) AS m FROM sale GROUP BY shop) s ON s.m = k.n;
CREATE MATERIALIZED VIEW per_kind AS SELECT i.kind, sum(s.price) AS total FROM sale s JOIN item i ON i.id = s.item GROUP BY i.kind;
