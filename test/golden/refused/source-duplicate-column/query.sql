CREATE SOURCE s (a BIGINT, t TIMESTAMPTZ, a TEXT) WITH (connector = 'kafka', topic = 'x') FORMAT PLAIN ENCODE JSON;
