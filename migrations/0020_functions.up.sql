-- Functions: in the catalog with a name space of their own.

ALTER TABLE millrace.catalog DROP CONSTRAINT catalog_kind_check;
ALTER TABLE millrace.catalog ADD CONSTRAINT catalog_kind_check
  CHECK (kind IN ('source', 'table', 'view', 'materialized view', 'sink', 'function'));
DROP INDEX millrace.catalog_names;
CREATE UNIQUE INDEX catalog_names ON millrace.catalog (schema_name, name, (kind = 'function')) WHERE NOT hidden;

CREATE VIEW millrace.functions AS
  SELECT c.schema_name, c.name, c.definition ->> 'language' AS language, (c.definition ->> 'strict')::boolean AS strict,
         c.definition ->> 'text' AS definition, c.created_by, c.created_at
    FROM millrace.catalog c WHERE c.kind = 'function' AND NOT c.hidden;
COMMENT ON VIEW millrace.functions IS 'Functions that were created, with their texts';
