CREATE MATERIALIZED VIEW v AS
SELECT * FROM bid, unnest(price) AS u(x);
