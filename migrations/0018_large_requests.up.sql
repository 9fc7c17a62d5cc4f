-- CALL millrace.submit of a text that is too large is told so.

CREATE OR REPLACE PROCEDURE millrace.submit(sql text, timeout interval DEFAULT '30 seconds', dialect text DEFAULT NULL)
LANGUAGE plpgsql AS $body$
DECLARE
  request  bigint;
  state    text;
  reply    jsonb;
  line     text;
  in_block boolean;
  deadline timestamptz := clock_timestamp() + timeout;
BEGIN
  -- Inside a transaction block no COMMIT is possible, and Postgres says so before it sees that this one is in a block of its own.
  BEGIN
    COMMIT;
  EXCEPTION WHEN invalid_transaction_termination THEN
    in_block := SQLERRM = 'invalid transaction termination';
  END;
  IF in_block THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_transaction_termination',
      MESSAGE = 'millrace.submit cannot run inside a transaction block',
      HINT = 'COMMIT or ROLLBACK first, then CALL millrace.submit(…) on its own.';
  END IF;
  IF submit.sql IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'there is no statement to submit: the text is NULL [SQL_SYNTAX]',
      HINT = 'Write CALL millrace.submit($$ CREATE MATERIALIZED VIEW … $$).';
  END IF;
  IF octet_length(submit.sql) > 1048576 THEN
    RAISE EXCEPTION USING ERRCODE = 'program_limit_exceeded',
      MESSAGE = format('the text has %s bytes, and a submission has at most 1048576 [SQL_TOO_LARGE]', octet_length(submit.sql)),
      HINT = 'Submit its statements apart: what is submitted together is one pipeline.';
  END IF;
  INSERT INTO millrace.requests (sql, dialect) VALUES (submit.sql, submit.dialect) RETURNING id INTO request;
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
