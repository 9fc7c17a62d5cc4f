CREATE TABLE rate (currency TEXT PRIMARY KEY, euros NUMERIC) WITH (connector = 'kafka', topic = 'rates') FORMAT UPSERT ENCODE JSON;
CREATE MATERIALIZED VIEW v AS
SELECT b.price FROM bid b JOIN rate FOR SYSTEM_TIME AS OF b.date_time AS r ON r.currency = b.channel;
