-- Tables: rows by key that an input changes.

ALTER TABLE millrace.catalog DROP CONSTRAINT catalog_kind_check;
ALTER TABLE millrace.catalog ADD CONSTRAINT catalog_kind_check
  CHECK (kind IN ('source', 'table', 'view', 'materialized view', 'sink'));

CREATE VIEW millrace.tables AS
  SELECT c.schema_name, c.name, p.name AS pipeline, p.status, p.epoch, p.ts, p.cause,
         c.definition #>> '{format,format}' AS format, c.definition #>> '{connector,connector}' AS connector,
         c.definition #>> '{connector,topic}' AS topic, c.created_by, c.created_at
    FROM millrace.catalog c JOIN millrace.pipelines p ON p.id = c.pipeline_id
   WHERE c.kind = 'table';
COMMENT ON VIEW millrace.tables IS 'Tables, and how their pipelines are';
