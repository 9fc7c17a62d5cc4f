CREATE MATERIALIZED VIEW rolled AS SELECT shop, paid, count(*) AS n, sum(price) AS total, GROUPING(shop, paid) AS g FROM sale
  GROUP BY ROLLUP (shop, paid);
CREATE MATERIALIZED VIEW cubed AS SELECT n, paid, count(*) AS shops, max(n) AS most FROM
  (SELECT shop, paid, count(*) AS n FROM sale GROUP BY shop, paid) x GROUP BY CUBE (n, paid) HAVING count(*) > 1;
