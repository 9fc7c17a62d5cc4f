CREATE MATERIALIZED VIEW v AS
SELECT * FROM (SELECT auction AS id, price FROM bid UNION ALL SELECT id, seller FROM auction) u WHERE price > 10;
