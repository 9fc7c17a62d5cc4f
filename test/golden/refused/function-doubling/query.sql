CREATE FUNCTION f1(x bigint) RETURNS bigint LANGUAGE sql RETURN x * x + x * x + x * x + x * x;
CREATE FUNCTION f2(x bigint) RETURNS bigint LANGUAGE sql RETURN f1(f1(x));
CREATE FUNCTION f3(x bigint) RETURNS bigint LANGUAGE sql RETURN f2(f2(x));
CREATE FUNCTION f4(x bigint) RETURNS bigint LANGUAGE sql RETURN f3(f3(x));
CREATE FUNCTION f5(x bigint) RETURNS bigint LANGUAGE sql RETURN f4(f4(x));
