CREATE SOURCE s (a BIGINT) WITH (connector = 'kafka', topic = 'x') FORMAT PLAIN ENCODE PROTOBUF;
