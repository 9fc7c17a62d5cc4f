-- What each task of a pipeline has done since it was started, written about once a second, beside the epochs.

CREATE TABLE millrace.task_figures (
  pipeline_id bigint NOT NULL REFERENCES millrace.pipelines ON DELETE CASCADE,
  task        integer NOT NULL,
  rows_in     bigint NOT NULL,
  -- Rows that it sent to other tasks.
  rows_sent   bigint NOT NULL,
  state_bytes bigint NOT NULL,
  -- Rows that left each node of the plan: [{"node": 1, "what": "scan bid", "rows": 1000}, …]; see EXPLAIN (PHYSICAL).
  nodes       jsonb NOT NULL,
  updated_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pipeline_id, task)
) WITH (fillfactor = 50);

CREATE VIEW millrace.tasks AS
  SELECT p.name AS pipeline, p.incarnation, t.task, p.parallelism, p.isolation, t.rows_in, t.rows_sent, t.state_bytes,
         t.nodes, t.updated_at
    FROM millrace.task_figures t JOIN millrace.pipelines p ON p.id = t.pipeline_id;

COMMENT ON VIEW millrace.tasks IS 'The tasks of every pipeline: rows since their start, by node of the plan, and state';
