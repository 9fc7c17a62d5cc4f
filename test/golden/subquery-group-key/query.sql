CREATE MATERIALIZED VIEW v AS
SELECT (SELECT item_name FROM auction a WHERE a.id = b.auction LIMIT 1) AS name, count(*) AS n FROM bid b GROUP BY name;
