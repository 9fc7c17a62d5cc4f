CREATE MATERIALIZED VIEW v AS
SELECT price, row_number() OVER w AS place FROM bid WINDOW w AS (PARTITION BY bidder ORDER BY price % 10);
