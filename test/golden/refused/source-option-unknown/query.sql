CREATE SOURCE s (a BIGINT, t TIMESTAMPTZ) WITH (connector = 'kafka', topic = 'x', tpic = 'y') FORMAT PLAIN ENCODE JSON;
