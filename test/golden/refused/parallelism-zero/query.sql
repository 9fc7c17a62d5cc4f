CREATE MATERIALIZED VIEW v AS SELECT auction FROM bid WITH (parallelism = 0);
