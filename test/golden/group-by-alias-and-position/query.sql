CREATE MATERIALIZED VIEW v AS
SELECT lower(channel) AS c, auction % 10, count(*) FROM bid GROUP BY c, 2;
