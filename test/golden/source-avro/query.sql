CREATE SOURCE s (a BIGINT, t TIMESTAMPTZ) WITH (connector = 'kafka', topic = 'x') FORMAT PLAIN ENCODE AVRO (schema.registry = 'http://registry:8081', schema.subject = 'y');
CREATE MATERIALIZED VIEW v AS SELECT a FROM s;
