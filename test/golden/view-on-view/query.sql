CREATE MATERIALIZED VIEW per_auction (id, n, best) AS SELECT auction, count(*), max(price) FROM bid GROUP BY auction;
-- The aggregate is computed once; its changes pass a filter and a projection that leaves out the key.
CREATE MATERIALIZED VIEW busy AS SELECT n AS bids, best * 2 AS twice FROM per_auction AS p WHERE n > 10;
-- Also through a view and in both branches of a union.
CREATE VIEW quiet AS SELECT id, n FROM per_auction WHERE n <= 10;
CREATE MATERIALIZED VIEW both_kinds AS SELECT id, n FROM quiet UNION ALL SELECT bids, twice FROM busy;
CREATE SINK out FROM per_auction WITH (connector = 'blackhole');
