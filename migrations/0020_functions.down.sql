DO $$
BEGIN
  IF EXISTS (SELECT FROM millrace.catalog WHERE kind = 'function') THEN
    RAISE EXCEPTION 'there are functions'
      USING HINT = 'DROP FUNCTION each of millrace.functions first';
  END IF;
END $$;
DROP VIEW millrace.functions;
DROP INDEX millrace.catalog_names;
CREATE UNIQUE INDEX catalog_names ON millrace.catalog (schema_name, name) WHERE NOT hidden;
ALTER TABLE millrace.catalog DROP CONSTRAINT catalog_kind_check;
ALTER TABLE millrace.catalog ADD CONSTRAINT catalog_kind_check
  CHECK (kind IN ('source', 'table', 'view', 'materialized view', 'sink'));
