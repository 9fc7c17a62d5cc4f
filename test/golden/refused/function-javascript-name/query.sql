CREATE FUNCTION f("a b" text) RETURNS text LANGUAGE javascript AS $$ return 1 $$;
