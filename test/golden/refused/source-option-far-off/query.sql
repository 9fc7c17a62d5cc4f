CREATE SOURCE s (a BIGINT, t TIMESTAMPTZ) WITH (connector = 'kafka', topic = 'x', blah = 'y') FORMAT PLAIN ENCODE JSON;
