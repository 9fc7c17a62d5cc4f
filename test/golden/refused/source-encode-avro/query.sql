CREATE SOURCE s (a BIGINT, t TIMESTAMPTZ) WITH (connector = 'kafka', topic = 'x') FORMAT PLAIN ENCODE AVRO;
