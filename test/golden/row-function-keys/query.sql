CREATE MATERIALIZED VIEW v AS
SELECT t.id, k, p FROM things t, jsonb_object_keys(t.doc) AS k, jsonb_path_query(t.doc, '$.a[*]') AS p;
