CREATE OR REPLACE SINK nowhere FROM bid WITH (connector = 'blackhole');
