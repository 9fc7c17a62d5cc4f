CREATE TABLE users (id BIGINT PRIMARY KEY, name TEXT) WITH (connector = 'file', path = 'users.jsonl') FORMAT UPSERT ENCODE JSON;
