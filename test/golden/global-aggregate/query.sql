CREATE MATERIALIZED VIEW v AS
SELECT count(*) AS n, sum(price) AS total FROM bid WHERE auction = 7;
