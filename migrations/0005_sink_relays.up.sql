-- Sinks that relay a change log into Kafka. A relay writes here what a transaction will end with before it sends it, and that it
-- has ended after, so that what the topic holds can always be told from what it should hold.

CREATE TABLE millrace.sink_relays (
  sink_id          bigint PRIMARY KEY,
  -- Whose change log: a view's number, or the sink's own.
  log_id           bigint NOT NULL,
  -- Kafka's transactional.id: the same for good, so that a relay fences its predecessor.
  transactional_id text NOT NULL,
  -- In the position of every record: tells this sink's records from others in the topic.
  timeline         uuid NOT NULL DEFAULT gen_random_uuid(),
  -- The relay that may write this row.
  writer           uuid,
  topic_id         text,
  -- Every change up to here is in the topic; NULL: the rows that the view has at first are not.
  epoch            bigint,
  -- Where in each partition (as a JSON object) what came after that epoch begins, at the latest.
  offsets          jsonb,
  -- The epoch with which the transaction under way ends.
  intent           bigint,
  records          bigint NOT NULL DEFAULT 0,
  state            text NOT NULL DEFAULT 'starting' CHECK (state IN ('starting', 'running', 'degraded', 'paused', 'failed')),
  cause            text,
  paused           boolean NOT NULL DEFAULT false,
  created_at       timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

CREATE OR REPLACE VIEW millrace.sinks AS
  SELECT c.schema_name, c.name, p.name AS pipeline, p.status, p.epoch, p.ts, p.cause,
         c.definition #>> '{connector,connector}' AS connector, c.created_by, c.created_at,
         r.state AS delivery, r.cause AS delivery_cause, r.epoch AS delivered_epoch, r.records AS delivered_records
    FROM millrace.catalog c JOIN millrace.pipelines p ON p.id = c.pipeline_id
    LEFT JOIN millrace.sink_relays r ON 'k' || r.sink_id = c.id
   WHERE c.kind = 'sink';

COMMENT ON TABLE millrace.sink_relays IS 'Where each Kafka sink stands in its topic and in its change log';
