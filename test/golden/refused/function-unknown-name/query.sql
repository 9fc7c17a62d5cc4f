CREATE FUNCTION f(price bigint) RETURNS bigint LANGUAGE sql RETURN pric + 1;
