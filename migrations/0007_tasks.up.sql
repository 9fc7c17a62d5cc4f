-- Pipelines of several tasks.

ALTER TABLE millrace.pipelines
  -- As how many tasks it runs, and where they live; NULL: as the service is configured.
  ADD COLUMN parallelism integer CHECK (parallelism BETWEEN 1 AND 64),
  ADD COLUMN isolation   text CHECK (isolation IN ('inline', 'thread', 'process')),
  -- By how many tasks the state in the manifest was written: who runs as another number reads it by key group.
  ADD COLUMN tasks       integer NOT NULL DEFAULT 1;
