CREATE MATERIALIZED VIEW v AS
SELECT auction, r.* FROM bid, ROWS FROM (generate_series(1, 2), unnest(ARRAY[bidder])) AS r(g, b);
