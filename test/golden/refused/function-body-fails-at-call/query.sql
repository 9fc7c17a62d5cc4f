CREATE FUNCTION f(x text, p text) RETURNS boolean LANGUAGE sql RETURN x ~ p;
CREATE MATERIALIZED VIEW v AS SELECT f(channel, '(') AS v FROM bid;
