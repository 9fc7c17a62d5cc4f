CREATE SINK s AS SELECT v, count(*) AS n FROM kinds GROUP BY v WITH (connector = 'kafka', topic = 'x') FORMAT UPSERT ENCODE JSON;
