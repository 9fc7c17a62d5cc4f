CREATE MATERIALIZED VIEW v AS
SELECT channel, count(*) AS n FROM bid GROUP BY channel HAVING count(*) > (SELECT count(*) FROM auction a WHERE a.item_name = channel);
