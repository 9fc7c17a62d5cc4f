CREATE MATERIALIZED VIEW v AS SELECT auction FROM bid WITH (state_tl = '1 day');
