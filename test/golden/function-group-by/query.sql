CREATE FUNCTION host_of(url text, fallback text DEFAULT '') RETURNS text LANGUAGE sql RETURN coalesce(split_part(url, '/', 3), fallback);
CREATE MATERIALIZED VIEW v AS SELECT host_of(url) AS host, count(*) AS n, max(host_of(channel)) AS m FROM bid GROUP BY host_of(url);
