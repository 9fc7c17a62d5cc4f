CREATE FUNCTION domain(url text, depth integer DEFAULT 2) RETURNS text LANGUAGE javascript STRICT AS $$
  return url.split('/')[2]?.split('.').slice(-depth).join('.') ?? null;
$$;
CREATE MATERIALIZED VIEW v AS SELECT domain(url) AS domain, count(*) AS n FROM bid GROUP BY domain(url);
