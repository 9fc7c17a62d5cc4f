CREATE MATERIALIZED VIEW v AS
SELECT jsonb_path_query_first(jsonb_build_object('c', channel), '$.keyvalue()') FROM bid;
