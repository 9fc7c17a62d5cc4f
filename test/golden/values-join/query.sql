CREATE MATERIALIZED VIEW v AS
SELECT b.auction, v.name FROM bid b JOIN (VALUES (1, 'one'), (2, 'two')) AS v(id, name) ON v.id = b.auction;
