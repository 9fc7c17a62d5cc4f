CREATE TABLE users (id BIGINT PRIMARY KEY, name TEXT) WITH (connector = 'kafka', topic = 'x') FORMAT DEBEZIUM ENCODE PROTOBUF;
