CREATE TABLE rate (currency TEXT, euros NUMERIC, PRIMARY KEY (currency), WATERMARK FOR at AS at - INTERVAL '2 seconds')
INCLUDE TIMESTAMP AS at
WITH (connector = 'kafka', topic = 'rates') FORMAT UPSERT ENCODE JSON;

CREATE MATERIALIZED VIEW v AS
SELECT b.price FROM bid b RIGHT JOIN rate FOR SYSTEM_TIME AS OF b.date_time AS r ON r.currency = b.channel;
