CREATE MATERIALIZED VIEW spread AS SELECT n, count(*) AS shops, min(total) AS least, max(total) AS most, avg(items) AS items, string_agg(shop, ',' ORDER BY shop) AS names
  FROM (SELECT shop, count(*) / 10 AS n, sum(price) AS total, count(DISTINCT item) AS items FROM sale GROUP BY shop) s GROUP BY n;
CREATE MATERIALIZED VIEW often AS SELECT DISTINCT n FROM (SELECT item, count(*) AS n FROM sale GROUP BY item) i WHERE n > 1;
