CREATE MATERIALIZED VIEW v AS SELECT auction FROM bid WITH (state_ttl = '1 day');
