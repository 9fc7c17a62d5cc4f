CREATE TABLE rate (currency TEXT, euros NUMERIC, PRIMARY KEY (currency), WATERMARK FOR at AS at - INTERVAL '2 seconds')
INCLUDE TIMESTAMP AS at
WITH (connector = 'kafka', topic = 'rates') FORMAT UPSERT ENCODE JSON;

CREATE MATERIALIZED VIEW v AS
SELECT b.auction, currency, r.euros, r.at FROM (SELECT *, channel AS currency FROM bid) b LEFT JOIN rate FOR SYSTEM_TIME AS OF b.date_time r USING (currency)
WHERE b.price > 10
EMIT ON WINDOW CLOSE;
