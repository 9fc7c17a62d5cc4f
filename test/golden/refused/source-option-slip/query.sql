CREATE SOURCE s (a BIGINT) WITH (connector = 'kafka', topik = 't') FORMAT PLAIN ENCODE JSON;
