CREATE SINK s FROM kept WITH (connector = 'kafka', topic = 'x') FORMAT PLAIN ENCODE PROTOBUF;
