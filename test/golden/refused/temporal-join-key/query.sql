CREATE TABLE rate (currency TEXT, euros NUMERIC, PRIMARY KEY (currency), WATERMARK FOR at AS at - INTERVAL '2 seconds')
INCLUDE TIMESTAMP AS at
WITH (connector = 'kafka', topic = 'rates') FORMAT UPSERT ENCODE JSON;

CREATE MATERIALIZED VIEW v AS
SELECT b.auction FROM bid b JOIN rate FOR SYSTEM_TIME AS OF b.date_time r ON r.currency = b.channel AND r.euros > 1;
