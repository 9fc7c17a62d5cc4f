CREATE MATERIALIZED VIEW v AS SELECT auction FROM bid WITH (parallelism = 2);
CREATE MATERIALIZED VIEW w AS SELECT auction FROM bid WITH (parallelism = 3);
