CREATE SOURCE s (a BIGINT, t TIMESTAMPTZ) WITH (connector = 'kafka', topic = 'x', scan.startup.mode = 'erliest') FORMAT PLAIN ENCODE JSON;
