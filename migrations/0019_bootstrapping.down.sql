DROP VIEW millrace.views;
CREATE VIEW millrace.views AS
  SELECT c.schema_name, c.name, p.name AS pipeline, p.status, p.epoch, p.ts, p.cause, c.definition ->> 'emit' AS emit,
         c.created_by, c.created_at
    FROM millrace.catalog c JOIN millrace.pipelines p ON p.id = c.pipeline_id
   WHERE c.kind = 'materialized view' AND NOT c.hidden;
DROP VIEW millrace.status;
