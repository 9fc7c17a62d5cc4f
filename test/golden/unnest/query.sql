CREATE MATERIALIZED VIEW v AS
SELECT auction, u.x, u.n FROM bid, unnest(ARRAY[bidder, price]) WITH ORDINALITY AS u(x, n);
