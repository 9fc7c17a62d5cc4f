CREATE SOURCE s (a BIGINT, t TIMESTAMPTZ) WITH (connector = 'kafka', topic = 'x', scan.startup.mode = 'specific-offsets', scan.startup.offsets = '0-5') FORMAT PLAIN ENCODE JSON;
