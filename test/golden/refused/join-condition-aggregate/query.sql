CREATE MATERIALIZED VIEW v AS
SELECT 1 AS one FROM bid JOIN auction ON count(*) = id;
