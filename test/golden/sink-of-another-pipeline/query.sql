CREATE SINK s FROM kept WITH (connector = 'blackhole');
