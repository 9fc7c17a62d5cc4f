CREATE SOURCE words (line TEXT) WITH (connector = 'kafka', topic = 'x') FORMAT PLAIN ENCODE TEXT;
CREATE MATERIALIZED VIEW n AS SELECT line, count(*) AS n FROM words GROUP BY line;
