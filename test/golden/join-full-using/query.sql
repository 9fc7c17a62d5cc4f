CREATE MATERIALIZED VIEW v AS
SELECT * FROM (SELECT auction AS id, count(*) AS bids FROM bid GROUP BY auction) b FULL JOIN (SELECT id, max(category) AS category FROM auction GROUP BY id) a USING (id);
