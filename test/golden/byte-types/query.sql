CREATE MATERIALIZED VIEW v AS
SELECT id, f * 2 AS f, w + INTERVAL '1 hour' AS w, name, name || '!' AS named, raw, doc, tags, tags[1] AS first, (place).city, ((place).at).lat FROM things WHERE 'x' = ANY (tags);
