CREATE FUNCTION f(a text) RETURNS bytea LANGUAGE javascript AS $$ return a $$;
