-- The table is a pipeline of its own; what reads it follows its change log.
CREATE TABLE users (id BIGINT, region TEXT, name TEXT NOT NULL, PRIMARY KEY (region, id))
WITH (connector = 'kafka', topic = 'users') FORMAT UPSERT ENCODE JSON;
CREATE MATERIALIZED VIEW names AS SELECT name, id FROM users WHERE name <> '';
