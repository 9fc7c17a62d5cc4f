CREATE FUNCTION f(x bigint, y text) RETURNS text LANGUAGE sql STRICT RETURN CASE WHEN x > 0 THEN y ELSE 'none' END;
CREATE FUNCTION g(x bigint, y bigint) RETURNS bigint LANGUAGE sql STRICT RETURN x - y;
CREATE MATERIALIZED VIEW v AS SELECT f(price, channel) AS f, g(price, bidder) AS g FROM bid;
