-- Readers of change logs inside Millrace: pipelines over views and tables of other pipelines.

-- The watermark of a view whose columns have event times, as of the last committed epoch of its pipeline.
CREATE TABLE millrace.view_watermarks (
  view_id   bigint PRIMARY KEY,
  watermark timestamptz NOT NULL
) WITH (fillfactor = 50);

ALTER TABLE millrace.changelog_readers
  ADD COLUMN pipeline_id bigint REFERENCES millrace.pipelines ON DELETE CASCADE,
  -- How much of the rows that were there before is loaded: everything up to a key; NULL: all of it.
  ADD COLUMN loading jsonb;
COMMENT ON TABLE millrace.changelog_readers IS 'Who reads the change log of which view, and how far';
