CREATE SOURCE g (t TEXT) WITH (connector = 'datagen', fields.t.kind = 'sequence') FORMAT PLAIN ENCODE JSON;
