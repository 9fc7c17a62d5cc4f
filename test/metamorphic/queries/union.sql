CREATE MATERIALIZED VIEW everything AS SELECT id::bigint AS id, shop AS name FROM sale WHERE price > 80 UNION ALL SELECT id, kind FROM item;
CREATE MATERIALIZED VIEW counted AS SELECT name, count(*) AS n FROM (SELECT shop AS name FROM sale UNION ALL SELECT kind FROM item UNION ALL SELECT kind FROM item WHERE weight > 20) u GROUP BY name;
