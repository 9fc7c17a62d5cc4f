DROP VIEW millrace.tables;
ALTER TABLE millrace.catalog DROP CONSTRAINT catalog_kind_check;
ALTER TABLE millrace.catalog ADD CONSTRAINT catalog_kind_check
  CHECK (kind IN ('source', 'view', 'materialized view', 'sink'));
