CREATE SOURCE s (a BIGINT, t TIMESTAMPTZ, b BIGINT AS (a + 1)) WITH (connector = 'kafka', topic = 'x') FORMAT PLAIN ENCODE JSON;
