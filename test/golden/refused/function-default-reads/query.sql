CREATE FUNCTION f(x bigint, y bigint DEFAULT x) RETURNS bigint LANGUAGE sql RETURN x;
