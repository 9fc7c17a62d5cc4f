CREATE FUNCTION f(x bigint, y text) RETURNS bigint LANGUAGE sql RETURN x;
CREATE SOURCE w (a BIGINT, ts TIMESTAMPTZ, WATERMARK FOR ts AS ts - f(1, 'a') * INTERVAL '1 second') WITH (connector = 'kafka', topic = 'w') FORMAT PLAIN ENCODE JSON;
