CREATE SOURCE s (a BIGINT, t TIMESTAMPTZ) WITH (connector = 'kafka', topic = 'x', max_rate = '-5') FORMAT PLAIN ENCODE JSON;
