CREATE FUNCTION f(x bigint, y text) RETURNS bigint LANGUAGE sql RETURN x;
CREATE FUNCTION g(x bigint) RETURNS bigint LANGUAGE sql RETURN f(x, 'a');
CREATE OR REPLACE FUNCTION f(x bigint, y text) RETURNS bigint LANGUAGE sql RETURN g(x);
