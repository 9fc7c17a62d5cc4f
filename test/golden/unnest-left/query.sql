CREATE MATERIALIZED VIEW v AS
SELECT auction, u.x FROM bid LEFT JOIN LATERAL unnest(string_to_array(channel, ',')) AS u(x) ON true;
