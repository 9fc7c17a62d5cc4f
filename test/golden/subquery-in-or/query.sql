CREATE MATERIALIZED VIEW v AS
SELECT price FROM bid WHERE price > 5 OR auction IN (SELECT id FROM auction);
