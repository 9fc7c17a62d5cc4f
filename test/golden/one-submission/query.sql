CREATE MATERIALIZED VIEW a AS SELECT auction, count(*) FROM bid GROUP BY auction;
CREATE MATERIALIZED VIEW b AS SELECT auction, sum(price) FROM bid GROUP BY auction;
-- The same rows as a: one aggregate for both.
CREATE MATERIALIZED VIEW c (id, n) AS SELECT auction, count(*) AS n FROM bid GROUP BY auction;
CREATE MATERIALIZED VIEW d AS SELECT price FROM bid WHERE price > 10;
CREATE SINK e FROM a WITH (connector = 'file', path = 'a.jsonl') FORMAT PLAIN ENCODE JSON;
CREATE SINK f AS SELECT auction, url FROM bid WITH (connector = 'blackhole');
