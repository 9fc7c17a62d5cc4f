CREATE MATERIALIZED VIEW v AS
SELECT to_char(price, 'FM999,990.00') AS shown, date(date_time) AS day FROM bid;
