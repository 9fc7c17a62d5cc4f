CREATE MATERIALIZED VIEW v AS
SELECT max(n) FROM (SELECT auction, count(*) AS n FROM bid GROUP BY auction) c;
