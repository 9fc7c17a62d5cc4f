ALTER MATERIALIZED VIEW kept SET (paralelism = 2);
