CREATE MATERIALIZED VIEW per_level AS SELECT level, count(*) AS n, sum(credit) AS total, min(credit) AS least, max(since) AS latest, avg(credit) AS mean,
  count(DISTINCT shop) AS shops, string_agg(DISTINCT shop, ',' ORDER BY shop) AS names, bool_or(credit > 150) AS rich FROM member GROUP BY level;
CREATE MATERIALIZED VIEW whole AS SELECT count(*) AS n, sum(level) FILTER (WHERE credit > 20) AS levels, stddev_pop(credit) AS spread FROM member;
CREATE MATERIALIZED VIEW per_shop AS SELECT shop, count(*) AS kinds, sum(amount) AS amount, max(amount) AS most FROM balance GROUP BY shop HAVING sum(amount) > 0;
CREATE MATERIALIZED VIEW spread AS SELECT n, count(*) AS levels, min(total) AS least FROM (SELECT shop, count(*) AS n, sum(credit) AS total FROM member GROUP BY shop) s GROUP BY n;
