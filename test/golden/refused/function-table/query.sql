CREATE FUNCTION f(x bigint) RETURNS TABLE (y bigint) LANGUAGE sql AS $$ SELECT x $$;
