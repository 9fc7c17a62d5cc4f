CREATE TABLE users (id BIGINT, name TEXT, PRIMARY KEY (idd)) WITH (connector = 'kafka', topic = 'x') FORMAT UPSERT ENCODE JSON;
