CREATE SINK s AS SELECT auction, count(*) AS n FROM bid GROUP BY auction WITH (connector = 'kafka', topic = 'x') FORMAT PLAIN ENCODE JSON;
