CREATE SOURCE s (a BIGINT) WITH (connector = 'kafak', topic = 'x') FORMAT PLAIN ENCODE JSON;
