-- CREATE OR REPLACE: two versions of the same definitions, of which the names mean one.

CREATE TABLE millrace.replacements (
  id         bigint PRIMARY KEY,
  -- What is replaced, as it was asked for.
  what       text NOT NULL,
  -- building: the new version is behind the one that is served. kept: the new one is served, the old one is kept for an undo.
  -- undoing: the old one is behind the new one, which is still served.
  state      text NOT NULL DEFAULT 'building' CHECK (state IN ('building', 'kept', 'undoing')),
  -- What the swap waits for, as last looked at.
  waiting    text,
  asked_by   text NOT NULL,
  asked_at   timestamptz NOT NULL DEFAULT now(),
  swapped_at timestamptz
);
REVOKE ALL ON millrace.replacements FROM PUBLIC;
COMMENT ON TABLE millrace.replacements IS 'What is being replaced, and what the version before is kept of';

ALTER TABLE millrace.catalog
  ADD COLUMN replacement bigint REFERENCES millrace.replacements,
  -- The name means the other version.
  ADD COLUMN hidden boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT catalog_schema_name_name_key;
CREATE UNIQUE INDEX catalog_names ON millrace.catalog (schema_name, name) WHERE NOT hidden;

-- Where the pipeline began to read the partition: NULL where it began before this was recorded.
ALTER TABLE millrace.partition_progress ADD COLUMN begin_offset bigint;

CREATE OR REPLACE VIEW millrace.sources AS
  SELECT c.schema_name, c.name, c.definition #>> '{connector,connector}' AS connector,
         c.definition #>> '{connector,topic}' AS topic, c.created_by, c.created_at
    FROM millrace.catalog c WHERE c.kind = 'source' AND NOT c.hidden;

CREATE OR REPLACE VIEW millrace.views AS
  SELECT c.schema_name, c.name, p.name AS pipeline, p.status, p.epoch, p.ts, p.cause, c.definition ->> 'emit' AS emit,
         c.created_by, c.created_at
    FROM millrace.catalog c JOIN millrace.pipelines p ON p.id = c.pipeline_id
   WHERE c.kind = 'materialized view' AND NOT c.hidden;

CREATE OR REPLACE VIEW millrace.tables AS
  SELECT c.schema_name, c.name, p.name AS pipeline, p.status, p.epoch, p.ts, p.cause,
         c.definition #>> '{format,format}' AS format, c.definition #>> '{connector,connector}' AS connector,
         c.definition #>> '{connector,topic}' AS topic, c.created_by, c.created_at
    FROM millrace.catalog c JOIN millrace.pipelines p ON p.id = c.pipeline_id
   WHERE c.kind = 'table' AND NOT c.hidden;
