CREATE MATERIALIZED VIEW v AS
SELECT doc, tags, count(*) AS n FROM things GROUP BY doc, tags;
