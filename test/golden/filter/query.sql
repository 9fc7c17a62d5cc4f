CREATE MATERIALIZED VIEW v AS
SELECT price, auction FROM bid WHERE price > 100 AND channel = 'Google';
