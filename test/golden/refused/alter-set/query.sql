ALTER MATERIALIZED VIEW kept SET (parallelism = 2);
