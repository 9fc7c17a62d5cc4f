-- What was submitted: definitions (sources, views, sinks), the files they were deployed from, and requests from psql.

CREATE TABLE millrace.catalog (
  id          text COLLATE "C" PRIMARY KEY,
  kind        text NOT NULL CHECK (kind IN ('source', 'view', 'materialized view', 'sink')),
  schema_name text COLLATE "C" NOT NULL,
  name        text COLLATE "C" NOT NULL,
  pipeline_id bigint,
  -- The whole definition. Its text may hold secrets, so that only the owner reads this table.
  definition  jsonb NOT NULL,
  created_by  text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  -- Order of creation.
  position    bigint GENERATED ALWAYS AS IDENTITY,
  UNIQUE (schema_name, name)
);

-- One row: the number in the next id. It never falls, so that an id is never used twice.
CREATE TABLE millrace.catalog_state (
  one     boolean PRIMARY KEY DEFAULT true CHECK (one),
  next_id bigint NOT NULL
);
INSERT INTO millrace.catalog_state (next_id) VALUES (1);

-- Fingerprints of state tables whose views were dropped while others of their pipeline stayed.
ALTER TABLE millrace.pipelines ADD COLUMN retired_tables text[] NOT NULL DEFAULT '{}';
-- PAUSE: the pipeline is not started until it is resumed.
ALTER TABLE millrace.pipelines ADD COLUMN paused boolean NOT NULL DEFAULT false;

-- Where each sink stands, as of the last committed epoch of its pipeline.
CREATE TABLE millrace.sink_positions (
  sink_id  bigint PRIMARY KEY,
  position jsonb NOT NULL
);

CREATE TABLE millrace.deployments (
  file        text PRIMARY KEY,
  sha256      text NOT NULL,
  objects     text[] NOT NULL,
  deployed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE millrace.requests (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sql          text NOT NULL CHECK (octet_length(sql) <= 1048576),
  requester    text NOT NULL DEFAULT current_user,
  submitted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  status       text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'taken', 'done', 'failed', 'abandoned')),
  answer       jsonb,
  answered_at  timestamptz
);
CREATE INDEX requests_waiting ON millrace.requests (id) WHERE status = 'waiting';

-- A role that may submit sees and makes requests in its own name only.
ALTER TABLE millrace.requests ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_requests ON millrace.requests
  USING (requester = current_user) WITH CHECK (requester = current_user);

REVOKE ALL ON millrace.catalog, millrace.catalog_state, millrace.deployments, millrace.requests FROM PUBLIC;

-- CALL millrace.submit($$ CREATE … $$): asks the service and waits for its answer. A procedure, because the request must be
-- committed before the service can see it; SECURITY INVOKER and no SET clause, because only such a procedure may commit.
CREATE PROCEDURE millrace.submit(sql text, timeout interval DEFAULT '30 seconds')
LANGUAGE plpgsql AS $body$
DECLARE
  request  bigint;
  state    text;
  reply    jsonb;
  line     text;
  deadline timestamptz := clock_timestamp() + timeout;
BEGIN
  IF now() <> statement_timestamp() THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_transaction_termination',
      MESSAGE = 'millrace.submit cannot run inside a transaction block',
      HINT = 'COMMIT or ROLLBACK first, then CALL millrace.submit(…) on its own.';
  END IF;
  INSERT INTO millrace.requests (sql) VALUES (submit.sql) RETURNING id INTO request;
  PERFORM pg_notify('millrace_requests', request::text);
  COMMIT;
  LOOP
    SELECT r.status, r.answer INTO state, reply FROM millrace.requests r WHERE r.id = request;
    EXIT WHEN state IN ('done', 'failed');
    IF clock_timestamp() >= deadline THEN
      UPDATE millrace.requests SET status = 'abandoned', answered_at = clock_timestamp()
       WHERE id = request AND status = 'waiting';
      IF FOUND THEN
        COMMIT;
        RAISE EXCEPTION USING ERRCODE = 'connection_exception',
          MESSAGE = format('no Millrace service took the request within %s', timeout),
          HINT = 'Is the service running? Start it with "millrace start", then submit again; nothing was changed.';
      END IF;
      COMMIT;
      RAISE EXCEPTION USING ERRCODE = 'query_canceled',
        MESSAGE = format('the Millrace service took the request but did not answer within %s', timeout),
        HINT = format('Look for its answer: SELECT status, answer FROM millrace.requests WHERE id = %s', request);
    END IF;
    COMMIT;
    PERFORM pg_sleep(0.02);
  END LOOP;
  COMMIT;
  IF state = 'failed' THEN
    RAISE EXCEPTION USING ERRCODE = 'syntax_error_or_access_rule_violation',
      MESSAGE = coalesce(reply ->> 'message', 'the request failed'),
      DETAIL = coalesce(reply ->> 'detail', ''),
      HINT = coalesce(reply ->> 'hint', '');
  END IF;
  FOR line IN SELECT jsonb_array_elements_text(reply -> 'lines') LOOP
    RAISE NOTICE '%', line;
  END LOOP;
END
$body$;
REVOKE ALL ON PROCEDURE millrace.submit FROM PUBLIC;

CREATE VIEW millrace.sources AS
  SELECT c.schema_name, c.name, c.definition #>> '{connector,connector}' AS connector,
         c.definition #>> '{connector,topic}' AS topic, c.created_by, c.created_at
    FROM millrace.catalog c WHERE c.kind = 'source';

CREATE VIEW millrace.views AS
  SELECT c.schema_name, c.name, p.name AS pipeline, p.status, p.epoch, p.ts, p.cause, c.definition ->> 'emit' AS emit,
         c.created_by, c.created_at
    FROM millrace.catalog c JOIN millrace.pipelines p ON p.id = c.pipeline_id
   WHERE c.kind = 'materialized view';

CREATE VIEW millrace.sinks AS
  SELECT c.schema_name, c.name, p.name AS pipeline, p.status, p.epoch, p.ts, p.cause,
         c.definition #>> '{connector,connector}' AS connector, c.created_by, c.created_at
    FROM millrace.catalog c JOIN millrace.pipelines p ON p.id = c.pipeline_id
   WHERE c.kind = 'sink';

COMMENT ON TABLE millrace.catalog IS 'Sources, views and sinks as they were submitted';
COMMENT ON TABLE millrace.requests IS 'Statements submitted from psql by CALL millrace.submit, and their answers';
COMMENT ON PROCEDURE millrace.submit IS 'Submits continuous SQL and waits for the answer of the service';
