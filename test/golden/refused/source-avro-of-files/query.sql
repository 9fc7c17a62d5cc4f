CREATE SOURCE s (a BIGINT) WITH (connector = 'file', path = 'x') FORMAT PLAIN ENCODE AVRO;
