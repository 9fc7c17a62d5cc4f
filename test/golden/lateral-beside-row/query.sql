CREATE MATERIALIZED VIEW v AS
SELECT t.id, l.word FROM things t, LATERAL (SELECT upper(tag) AS word FROM unnest(t.tags) AS tag WHERE tag <> '') l;
