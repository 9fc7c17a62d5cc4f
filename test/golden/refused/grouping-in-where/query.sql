CREATE MATERIALIZED VIEW v AS
SELECT auction, count(*) AS n FROM bid WHERE GROUPING(auction) = 0 GROUP BY auction;
