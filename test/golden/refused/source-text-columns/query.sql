CREATE SOURCE words (line TEXT, n BIGINT) WITH (connector = 'kafka', topic = 'x') FORMAT PLAIN ENCODE TEXT;
