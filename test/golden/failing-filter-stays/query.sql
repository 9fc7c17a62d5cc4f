CREATE MATERIALIZED VIEW v AS
SELECT q FROM (SELECT 100 / price AS q, auction FROM bid WHERE price <> 0) s WHERE q > 3 AND auction = 1;
