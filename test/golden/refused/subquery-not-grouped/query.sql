CREATE MATERIALIZED VIEW v AS
SELECT seller, (SELECT count(*) FROM bid b WHERE b.auction = a.id) AS x FROM auction a GROUP BY seller;
