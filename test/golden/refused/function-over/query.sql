CREATE FUNCTION f(x bigint, y text) RETURNS bigint LANGUAGE sql RETURN x;
CREATE MATERIALIZED VIEW v AS SELECT f(price, channel) OVER () AS v FROM bid;
