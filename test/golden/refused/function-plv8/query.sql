CREATE FUNCTION f(a text) RETURNS text LANGUAGE plv8 AS $$ return a $$;
