CREATE MATERIALIZED VIEW v AS SELECT auction AS _offset, price AS _partition FROM bid;
