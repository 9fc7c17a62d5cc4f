CREATE MATERIALIZED VIEW v AS
SELECT a.item_name, n.bids FROM auction a LEFT JOIN (SELECT auction, count(*) AS bids FROM bid GROUP BY auction) n ON n.auction = a.id;
