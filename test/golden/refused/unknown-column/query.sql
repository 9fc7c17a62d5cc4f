CREATE MATERIALIZED VIEW v AS
SELECT auction,
       auctoin
FROM bid;
