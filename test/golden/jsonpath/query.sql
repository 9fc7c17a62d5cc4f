-- The path is a constant, read when the query is submitted; an untyped text, since there are no values of its type.
CREATE MATERIALIZED VIEW v AS
SELECT jsonb_path_query_first(jsonb_build_object('c', channel, 'p', price), '$.p + $n', '{"n": 1}') AS dearer
FROM bid WHERE jsonb_build_object('c', channel) @? '$ ? (@.c starts with "app")';
