CREATE MATERIALIZED VIEW v AS
SELECT b.price FROM bid b JOIN auction FOR SYSTEM_TIME AS OF b.date_time AS a ON a.id = b.auction;
