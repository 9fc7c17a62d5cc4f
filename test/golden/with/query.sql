CREATE MATERIALIZED VIEW v AS
WITH cheap AS (SELECT * FROM bid WHERE price < 10), cheaper (a) AS (SELECT auction FROM cheap WHERE price < 5) SELECT a, count(*) FROM cheaper GROUP BY a;
