CREATE MATERIALIZED VIEW v AS
SELECT price FROM bid WHERE auction IN (SELECT id FROM auction WHERE category = 10) AND price > 5;
