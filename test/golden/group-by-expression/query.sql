CREATE MATERIALIZED VIEW v AS
SELECT price / 100 AS bucket, count(*) AS n, price / 100 + 1 AS next FROM bid GROUP BY price / 100;
