CREATE SOURCE s (a BIGINT) INCLUDE HEADERS AS h WITH (connector = 'kafka', topic = 'x') FORMAT PLAIN ENCODE JSON;
CREATE MATERIALIZED VIEW v AS SELECT a, (h[1]).key AS first, (h[1]).value AS bytes FROM s;
