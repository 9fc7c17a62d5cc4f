CREATE SINK s AS SELECT auction, price FROM bid WITH (connector = 'kafka', topic = 'x') FORMAT PLAIN ENCODE AVRO (schema.registry = 'http://registry:8081', schema.subject = 'y');
