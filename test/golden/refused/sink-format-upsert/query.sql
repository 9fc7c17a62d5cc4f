CREATE SINK s FROM big WITH (connector = 'file', path = 'x') FORMAT UPSERT ENCODE JSON;
