CREATE FUNCTION f(x bigint DEFAULT 'a' || 'b') RETURNS bigint LANGUAGE sql RETURN x;
