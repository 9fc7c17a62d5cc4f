CREATE TABLE rate (currency TEXT, euros NUMERIC, PRIMARY KEY (currency), WATERMARK FOR at AS at - INTERVAL '2 seconds')
INCLUDE TIMESTAMP AS at
WITH (connector = 'kafka', topic = 'rates') FORMAT UPSERT ENCODE JSON;

CREATE MATERIALIZED VIEW v AS
SELECT b.l FROM kinds b JOIN rate FOR SYSTEM_TIME AS OF b.ts AS r ON r.currency = b.t;
