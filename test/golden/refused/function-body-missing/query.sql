CREATE FUNCTION f(x bigint, y text) RETURNS bigint LANGUAGE sql;
