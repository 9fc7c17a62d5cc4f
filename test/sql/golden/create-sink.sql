CREATE SINK s FROM mv WITH (connector = 'blackhole');
CREATE SINK IF NOT EXISTS a.s AS SELECT a, b FROM t EMIT ON WINDOW CLOSE WITH (connector = 'kafka', topic = 'out') FORMAT UPSERT ENCODE JSON (timestamps = 'iso');
