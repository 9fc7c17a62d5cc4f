CREATE SOURCE s (a BIGINT, t TIMESTAMPTZ) WITH (connector = 'kafka', topic = 'x', properties.sasl.user = 'y') FORMAT PLAIN ENCODE JSON;
