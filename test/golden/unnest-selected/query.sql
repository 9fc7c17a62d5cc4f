CREATE MATERIALIZED VIEW v AS
SELECT auction, unnest(ARRAY[bidder, price]) AS x FROM bid WHERE price > 10;
