CREATE FUNCTION f(x bigint) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN x; END $$;
