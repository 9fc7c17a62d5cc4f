CREATE FUNCTION f(x bigint, y text) RETURNS bigint LANGUAGE sql AS $$ SELECT x, y $$;
