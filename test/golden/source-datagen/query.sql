CREATE SOURCE g (n BIGINT, t TEXT, at TIMESTAMPTZ, WATERMARK FOR at AS at)
WITH (connector = 'datagen', datagen.rows = 100, datagen.seed = 7, fields.n.kind = 'sequence', fields.n.start = 1, fields.at.kind = 'sequence', fields.at.step = '10 s')
FORMAT PLAIN ENCODE JSON;
CREATE MATERIALIZED VIEW v AS SELECT window_end, count(*) AS n FROM TUMBLE(g, at, INTERVAL '1 minute') GROUP BY window_end EMIT ON WINDOW CLOSE;
