CREATE MATERIALIZED VIEW v AS SELECT auction FROM bid WITH (isolation = 'container');
