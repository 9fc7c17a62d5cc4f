CREATE MATERIALIZED VIEW v AS
SELECT channel AS "Kanäle 😀", count(*) AS größe FROM bid WHERE channel <> 'Größe 😀' GROUP BY channel;
