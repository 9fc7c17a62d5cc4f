CREATE SOURCE s (a BIGINT, t TIMESTAMPTZ, x BIGINT[]) WITH (connector = 'kafka', topic = 'x') FORMAT PLAIN ENCODE JSON;
