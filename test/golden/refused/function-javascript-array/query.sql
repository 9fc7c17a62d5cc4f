CREATE FUNCTION f(a text[]) RETURNS text LANGUAGE javascript AS $$ return a.join() $$;
