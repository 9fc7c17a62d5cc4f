-- The reader's key is the hidden one of what it reads.
CREATE MATERIALIZED VIEW v AS
SELECT price + 1 AS more FROM kept WHERE price > 5
UNION ALL
SELECT auction FROM kept;
CREATE MATERIALIZED VIEW counted AS SELECT auction, count(*) FROM kept GROUP BY auction;
