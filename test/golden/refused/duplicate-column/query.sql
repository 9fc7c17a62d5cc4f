CREATE MATERIALIZED VIEW v AS
SELECT auction, price AS auction FROM bid;
