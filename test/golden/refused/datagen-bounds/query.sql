CREATE SOURCE g (n INTEGER) WITH (connector = 'datagen', fields.n.min = 5, fields.n.max = 4) FORMAT PLAIN ENCODE JSON;
