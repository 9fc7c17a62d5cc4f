-- What an epoch commits, and where recovery starts. One row of millrace.pipelines is the fence of each pipeline.

CREATE TABLE millrace.pipelines (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name          text COLLATE "C" NOT NULL,
  -- A replaced pipeline is a new row: versions are (pipeline incarnation, epoch).
  incarnation   integer NOT NULL DEFAULT 1,
  -- Rises with every takeover; a writer that holds an older one is fenced.
  generation    bigint NOT NULL DEFAULT 0,
  -- Who took over last: tells a writer that lost its connection whether somebody else came in between.
  writer        uuid,
  -- The last committed epoch; 0 = none.
  epoch         bigint NOT NULL DEFAULT 0,
  ts            timestamptz NOT NULL DEFAULT 'epoch',
  -- Version of the format of the state; a build that cannot read it refuses before touching anything.
  state_version integer NOT NULL DEFAULT 1,
  -- Number of the table of segment bodies that deltas go to: even; odd ones hold what was written ahead.
  fold          bigint NOT NULL DEFAULT 0,
  status        text NOT NULL DEFAULT 'created' CHECK (status IN
                  ('created', 'bootstrapping', 'running', 'paused', 'degraded', 'failed', 'finished', 'dropped')),
  cause         text,
  created_at    timestamptz NOT NULL DEFAULT now(),
  UNIQUE (name, incarnation)
) WITH (fillfactor = 50);

CREATE TABLE millrace.source_progress (
  pipeline_id bigint NOT NULL REFERENCES millrace.pipelines ON DELETE CASCADE,
  source_id   bigint NOT NULL,
  watermark   timestamptz,
  identity    text,
  PRIMARY KEY (pipeline_id, source_id)
) WITH (fillfactor = 50);

CREATE TABLE millrace.partition_progress (
  pipeline_id     bigint NOT NULL REFERENCES millrace.pipelines ON DELETE CASCADE,
  source_id       bigint NOT NULL,
  partition       integer NOT NULL,
  next_offset     bigint NOT NULL,
  -- End of the partition as last seen, for lag.
  log_end_offset  bigint,
  -- Where bounded reading ends.
  end_offset      bigint,
  max_event_time  timestamptz,
  idle            boolean NOT NULL,
  PRIMARY KEY (pipeline_id, source_id, partition)
) WITH (fillfactor = 50);

-- The state manifest: which segments make up the state of a pipeline, in the order (task, epoch, part).
CREATE TABLE millrace.segments (
  pipeline_id bigint NOT NULL REFERENCES millrace.pipelines ON DELETE CASCADE,
  task        integer NOT NULL,
  -- A delta: its epoch. A snapshot: the last epoch that it contains.
  epoch       bigint NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('delta', 'snapshot')),
  part        integer NOT NULL,
  -- Where the bytes are: row (generation, epoch, task, kind, part) of table millrace_state.segments_<pipeline>_<fold>.
  generation  bigint NOT NULL,
  fold        bigint NOT NULL,
  size        integer NOT NULL,
  PRIMARY KEY (pipeline_id, task, epoch, kind, part)
);

-- Bodies of segments: one table per pipeline and fold, made like this one. A fold publishes snapshots and opens the next
-- table; a table that the manifest no longer names is dropped whole, which frees its space whoever holds a snapshot open.
CREATE SCHEMA millrace_state;
CREATE TABLE millrace_state.segment_bodies (
  generation bigint NOT NULL,
  epoch      bigint NOT NULL,
  task       integer NOT NULL,
  kind       text NOT NULL,
  part       integer NOT NULL,
  bytes      bytea NOT NULL,
  PRIMARY KEY (generation, epoch, task, kind, part)
);
ALTER TABLE millrace_state.segment_bodies ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Changes of views by version. Partitions are rotated by time and detached when they are past retention and no
-- registered reader needs them; attaching and detaching concurrently stop nobody.
CREATE TABLE millrace.changelog (
  slot        integer NOT NULL,
  pipeline_id bigint NOT NULL,
  view_id     bigint NOT NULL,
  epoch       bigint NOT NULL,
  part        integer NOT NULL,
  rows        integer NOT NULL,
  bytes       bytea NOT NULL,
  PRIMARY KEY (slot, view_id, epoch, part)
) PARTITION BY LIST (slot);
ALTER TABLE millrace.changelog ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE millrace.changelog_slots (
  slot      integer PRIMARY KEY,
  opened_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE millrace.changelog_1 PARTITION OF millrace.changelog FOR VALUES IN (1);
INSERT INTO millrace.changelog_slots (slot) VALUES (1);

-- Up to which epoch a view's change log has been dropped: a cursor below it must bootstrap again.
CREATE TABLE millrace.changelog_trimmed (
  view_id bigint PRIMARY KEY,
  epoch   bigint NOT NULL
);

CREATE TABLE millrace.changelog_readers (
  reader     text NOT NULL,
  view_id    bigint NOT NULL,
  -- Everything up to here has been read.
  epoch      bigint NOT NULL,
  -- The log went on without this reader, because it had reached its cap: it must bootstrap again.
  lost       boolean NOT NULL DEFAULT false,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (reader, view_id)
);

-- Raw rows may hold anything: nobody but the owner reads these two tables unless granted.
CREATE TABLE millrace.late_rows (
  pipeline_id bigint NOT NULL,
  source_id   bigint NOT NULL,
  partition   integer NOT NULL,
  "offset"    bigint NOT NULL,
  event_time  timestamptz NOT NULL,
  watermark   timestamptz NOT NULL,
  raw         bytea,
  epoch       bigint NOT NULL,
  PRIMARY KEY (pipeline_id, source_id, partition, "offset")
);

CREATE TABLE millrace.dead_letters (
  source_id   bigint NOT NULL,
  partition   integer NOT NULL,
  "offset"    bigint NOT NULL,
  code        text NOT NULL,
  message     text NOT NULL,
  raw         bytea,
  "timestamp" timestamptz,
  -- The pipeline that met it first.
  pipeline_id bigint NOT NULL,
  seen_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source_id, partition, "offset")
);
REVOKE ALL ON millrace.late_rows, millrace.dead_letters FROM PUBLIC;

-- Rows and groups whose expression fails at present, as a Z-set.
CREATE TABLE millrace.view_errors (
  pipeline_id bigint NOT NULL REFERENCES millrace.pipelines ON DELETE CASCADE,
  view_id     bigint NOT NULL,
  -- SHA-256 of the texts, which may be long.
  error_key   bytea NOT NULL,
  sqlstate    text NOT NULL,
  message     text NOT NULL,
  expression  text NOT NULL,
  "row"       text NOT NULL,
  weight      bigint NOT NULL,
  PRIMARY KEY (pipeline_id, view_id, error_key)
);

-- The last 1,024 epochs of each pipeline: rows are overwritten in a ring.
CREATE TABLE millrace.epochs (
  pipeline_id  bigint NOT NULL REFERENCES millrace.pipelines ON DELETE CASCADE,
  ring         integer NOT NULL,
  epoch        bigint NOT NULL,
  ts           timestamptz NOT NULL,
  started_at   timestamptz NOT NULL,
  committed_at timestamptz NOT NULL,
  rows_in      bigint NOT NULL,
  bytes_in     bigint NOT NULL,
  rows_out     bigint NOT NULL,
  state_bytes  bigint NOT NULL,
  late_rows    bigint NOT NULL,
  dead_letters bigint NOT NULL,
  PRIMARY KEY (pipeline_id, ring)
) WITH (fillfactor = 80);

CREATE VIEW millrace.lag AS
  SELECT p.name AS pipeline, p.incarnation, q.source_id, q.partition, q.next_offset, q.log_end_offset,
         greatest(q.log_end_offset - q.next_offset, 0) AS lag, q.max_event_time, s.watermark, q.idle,
         -- The partition that holds the watermark back: why a window does not close.
         NOT q.idle AND coalesce(q.max_event_time, '-infinity') =
           min(coalesce(q.max_event_time, '-infinity')) FILTER (WHERE NOT q.idle)
             OVER (PARTITION BY q.pipeline_id, q.source_id) AS holds_watermark
    FROM millrace.partition_progress q
    JOIN millrace.pipelines p ON p.id = q.pipeline_id
    LEFT JOIN millrace.source_progress s USING (pipeline_id, source_id);

COMMENT ON TABLE millrace.pipelines IS 'Pipelines, their last committed epoch and their state of life';
COMMENT ON VIEW millrace.lag IS 'Where every pipeline stands in every partition it reads';
COMMENT ON TABLE millrace.late_rows IS 'Rows that came after the watermark had passed them';
COMMENT ON TABLE millrace.dead_letters IS 'Records that could not be decoded';
COMMENT ON TABLE millrace.view_errors IS 'Rows and groups of views whose expressions fail at present';
COMMENT ON TABLE millrace.epochs IS 'The last 1,024 epochs of each pipeline';
