CREATE MATERIALIZED VIEW v AS SELECT auction, max(price) AS best FROM bid GROUP BY auction;
CREATE SINK s FROM v WITH (connector = 'kafka', topic = 'x') FORMAT DEBEZIUM ENCODE JSON;
