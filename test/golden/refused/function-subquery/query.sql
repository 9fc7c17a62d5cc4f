CREATE FUNCTION f(x bigint, y text) RETURNS bigint LANGUAGE sql RETURN (SELECT max(price) FROM bid);
