CREATE MATERIALIZED VIEW v AS
SELECT auction, avg(price) AS a FROM bid GROUP BY auction HAVING count(*) > 3 AND auction > 10 AND 100 / auction > 2;
