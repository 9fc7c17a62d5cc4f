CREATE FUNCTION f(x bigint, y text) RETURNS bigint LANGUAGE sql AS $$
  SELECT price FROM bid WHERE auction = x
$$;
