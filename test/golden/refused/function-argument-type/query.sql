CREATE FUNCTION f(x bigint, y text) RETURNS bigint LANGUAGE sql RETURN x;
CREATE MATERIALIZED VIEW v AS SELECT f(channel, channel) AS v FROM bid;
