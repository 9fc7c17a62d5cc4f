DO $$
BEGIN
  IF EXISTS (SELECT FROM millrace.replacements) THEN
    RAISE EXCEPTION 'two versions are kept of some views'
      USING HINT = 'ALTER … DROP PREVIOUS VERSION of each of millrace.replacements first';
  END IF;
END $$;
CREATE OR REPLACE VIEW millrace.sources AS
  SELECT c.schema_name, c.name, c.definition #>> '{connector,connector}' AS connector,
         c.definition #>> '{connector,topic}' AS topic, c.created_by, c.created_at
    FROM millrace.catalog c WHERE c.kind = 'source';

CREATE OR REPLACE VIEW millrace.views AS
  SELECT c.schema_name, c.name, p.name AS pipeline, p.status, p.epoch, p.ts, p.cause, c.definition ->> 'emit' AS emit,
         c.created_by, c.created_at
    FROM millrace.catalog c JOIN millrace.pipelines p ON p.id = c.pipeline_id
   WHERE c.kind = 'materialized view';

CREATE OR REPLACE VIEW millrace.tables AS
  SELECT c.schema_name, c.name, p.name AS pipeline, p.status, p.epoch, p.ts, p.cause,
         c.definition #>> '{format,format}' AS format, c.definition #>> '{connector,connector}' AS connector,
         c.definition #>> '{connector,topic}' AS topic, c.created_by, c.created_at
    FROM millrace.catalog c JOIN millrace.pipelines p ON p.id = c.pipeline_id
   WHERE c.kind = 'table';
ALTER TABLE millrace.partition_progress DROP COLUMN begin_offset;
DROP INDEX millrace.catalog_names;
ALTER TABLE millrace.catalog
  ADD CONSTRAINT catalog_schema_name_name_key UNIQUE (schema_name, name),
  DROP COLUMN hidden,
  DROP COLUMN replacement;
DROP TABLE millrace.replacements;
