CREATE FUNCTION in_euro(cents bigint, rate numeric DEFAULT 0.92) RETURNS numeric LANGUAGE sql IMMUTABLE RETURN cents / 100.0 * rate;
CREATE FUNCTION is_large(cents bigint) RETURNS boolean LANGUAGE sql STRICT AS $$ SELECT in_euro(cents) > 1000 $$;
CREATE MATERIALIZED VIEW v AS
SELECT auction, in_euro(price) AS euro, in_euro(rate => 0.5, cents => price) AS half FROM bid WHERE is_large(price);
