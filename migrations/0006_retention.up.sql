-- What is bounded by age and number: requests, late rows, dead letters (src/pipeline/retention.ts).

ALTER TABLE millrace.late_rows ADD COLUMN seen_at timestamptz NOT NULL DEFAULT now();

-- How many late rows and dead letters are gone: without them the input of a view cannot be told from its topic any more.
CREATE TABLE millrace.trimmed_rows (
  what        text NOT NULL CHECK (what IN ('late rows', 'dead letters')),
  pipeline_id bigint NOT NULL,
  source_id   bigint NOT NULL,
  rows        bigint NOT NULL,
  trimmed_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (what, pipeline_id, source_id)
);

COMMENT ON TABLE millrace.trimmed_rows IS 'How many late rows and dead letters were removed, being too old or too many';
