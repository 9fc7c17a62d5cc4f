CREATE MATERIALIZED VIEW v AS
SELECT approx_count_distinct(bidder) FROM bid;
