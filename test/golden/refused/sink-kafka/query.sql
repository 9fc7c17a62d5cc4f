CREATE SINK s FROM big WITH (connector = 'kafka', topic = 'x') FORMAT PLAIN ENCODE JSON;
