CREATE MATERIALIZED VIEW v AS
SELECT auction + (1 + 2) AS a, CASE WHEN false THEN 1 / 0 ELSE 5 END AS five FROM bid WHERE true AND price > 10 * 10;
