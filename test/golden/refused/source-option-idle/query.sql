CREATE SOURCE s (a BIGINT, t TIMESTAMPTZ) WITH (connector = 'kafka', topic = 'x', scan.startup.timestamp.millis = 5) FORMAT PLAIN ENCODE JSON;
