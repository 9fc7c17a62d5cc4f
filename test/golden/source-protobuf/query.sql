CREATE SOURCE s (a BIGINT, t STRUCT<x TEXT>, l TEXT[]) WITH (connector = 'kafka', topic = 'x')
FORMAT PLAIN ENCODE PROTOBUF (schema.registry = 'http://registry:8081', message = 'shop.Order');
CREATE MATERIALIZED VIEW v AS SELECT a, (t).x FROM s;
