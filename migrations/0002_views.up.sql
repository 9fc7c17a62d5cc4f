-- Physical tables of views, and which of them the public names show.

CREATE SCHEMA millrace_data;
REVOKE ALL ON SCHEMA millrace_data FROM PUBLIC;

CREATE TABLE millrace.view_tables (
  -- Number of the view in the catalog; never used twice, so it is the incarnation too.
  view_id     bigint PRIMARY KEY,
  pipeline_id bigint NOT NULL,
  schema_name text COLLATE "C" NOT NULL,
  name        text COLLATE "C" NOT NULL,
  table_name  text COLLATE "C" NOT NULL UNIQUE,
  -- The public name shows this table. The others are being built, or wait for an undo.
  published   boolean NOT NULL DEFAULT false,
  created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX view_tables_published ON millrace.view_tables (schema_name, name) WHERE published;

-- Views are written by commits of epochs alone, whatever rights a session has.
CREATE FUNCTION millrace.refuse_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is kept by Millrace and cannot be written', TG_TABLE_NAME
    USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'change the input of its query, or the query';
END $$;

COMMENT ON SCHEMA millrace_data IS 'Tables of Millrace''s materialized views; read them by their public names';
COMMENT ON TABLE millrace.view_tables IS 'Which table each materialized view is kept in';
