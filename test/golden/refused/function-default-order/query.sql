CREATE FUNCTION f(x bigint DEFAULT 1, y bigint) RETURNS bigint LANGUAGE sql RETURN x;
