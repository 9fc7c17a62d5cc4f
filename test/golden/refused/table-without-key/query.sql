CREATE TABLE users (id BIGINT, name TEXT) WITH (connector = 'kafka', topic = 'x') FORMAT UPSERT ENCODE JSON;
