CREATE SOURCE s (a BIGINT, t TIMESTAMPTZ) WITH (connector = 'kafka', topic = 'x', idle_timeout = 'soon') FORMAT PLAIN ENCODE JSON;
