CREATE SOURCE s (a BIGINT) WITH (connector = 'kafka', topic = 'x') FORMAT PLAIN ENCODE JSON (schema.registry = 'http://registry:8081');
CREATE MATERIALIZED VIEW v AS SELECT a FROM s;
