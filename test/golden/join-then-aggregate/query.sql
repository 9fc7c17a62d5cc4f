CREATE MATERIALIZED VIEW v AS
SELECT a.category, count(*) AS bids, max(b.price) AS highest FROM auction a JOIN bid b ON b.auction = a.id GROUP BY a.category;
