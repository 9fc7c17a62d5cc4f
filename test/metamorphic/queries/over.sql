CREATE MATERIALIZED VIEW in_order AS SELECT id, shop, lag(credit) OVER (PARTITION BY shop ORDER BY since, id) AS before, rank() OVER (PARTITION BY shop ORDER BY level) AS place,
  sum(credit) OVER (PARTITION BY shop ORDER BY since, id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS three FROM member;
CREATE MATERIALIZED VIEW parts AS SELECT id, ntile(3) OVER (PARTITION BY level ORDER BY id) AS part, count(*) OVER (PARTITION BY level ORDER BY shop) AS so_far FROM member;
CREATE MATERIALIZED VIEW dear AS SELECT id, price, first_value(price) OVER (PARTITION BY item ORDER BY price DESC, id, at) AS best FROM sale WHERE item > 5;
