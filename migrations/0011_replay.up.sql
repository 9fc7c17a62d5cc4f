-- Which pipelines met a dead letter, and whether they took it in later: ALTER SOURCE … REPLAY DEAD LETTERS.

CREATE TABLE millrace.dead_letter_readers (
  pipeline_id bigint NOT NULL,
  source_id   bigint NOT NULL,
  partition   integer NOT NULL,
  "offset"    bigint NOT NULL,
  -- requested: decoded again at the next start of the pipeline. replayed: it was valid then, and is a row (or a late row).
  state       text NOT NULL DEFAULT 'dead' CHECK (state IN ('dead', 'requested', 'replayed')),
  PRIMARY KEY (pipeline_id, source_id, partition, "offset"),
  FOREIGN KEY (source_id, partition, "offset") REFERENCES millrace.dead_letters ON DELETE CASCADE
);
CREATE INDEX dead_letter_readers_letter ON millrace.dead_letter_readers (source_id, partition, "offset");
INSERT INTO millrace.dead_letter_readers (pipeline_id, source_id, partition, "offset")
SELECT pipeline_id, source_id, partition, "offset" FROM millrace.dead_letters;
REVOKE ALL ON millrace.dead_letter_readers FROM PUBLIC;

COMMENT ON TABLE millrace.dead_letter_readers IS 'Which pipelines met a dead letter, and whether they took it in later';
