CREATE MATERIALIZED VIEW v AS
SELECT id, (SELECT max(a.category) FROM bid b) AS x FROM auction a;
