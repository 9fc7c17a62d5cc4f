CREATE OR REPLACE PROCEDURE millrace.submit(sql text, timeout interval DEFAULT '30 seconds')
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
