CREATE FUNCTION f(x bigint, y text) RETURNS bigint LANGUAGE sql RETURN x;
CREATE OR REPLACE FUNCTION f(x bigint, y text) RETURNS bigint LANGUAGE sql RETURN f(x - 1, y);
