DROP VIEW millrace.sinks;
CREATE VIEW millrace.sinks AS
  SELECT c.schema_name, c.name, p.name AS pipeline, p.status, p.epoch, p.ts, p.cause,
         c.definition #>> '{connector,connector}' AS connector, c.created_by, c.created_at
    FROM millrace.catalog c JOIN millrace.pipelines p ON p.id = c.pipeline_id
   WHERE c.kind = 'sink';
DELETE FROM millrace.changelog_readers WHERE reader LIKE 'sink %';
DROP TABLE millrace.sink_relays;
