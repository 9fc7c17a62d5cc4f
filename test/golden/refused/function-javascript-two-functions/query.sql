CREATE FUNCTION f(a text, n bigint) RETURNS text LANGUAGE javascript AS $$ }); (function () { return 1 $$;
