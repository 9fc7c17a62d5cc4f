CREATE FUNCTION f(a text, n bigint) RETURNS text LANGUAGE javascript AS $$ throw new Error('never') $$;
CREATE MATERIALIZED VIEW v AS SELECT f('a', 1) AS v FROM bid;
