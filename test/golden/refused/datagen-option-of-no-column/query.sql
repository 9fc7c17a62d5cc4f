CREATE SOURCE g (n INTEGER) WITH (connector = 'datagen', fields.m.min = 5) FORMAT PLAIN ENCODE JSON;
