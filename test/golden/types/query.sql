CREATE MATERIALIZED VIEW v AS
SELECT b AND i > 1 AS b, s + i AS i, i + l AS l, l / 2 AS half, d * 2 AS d, n + 1 AS n, m, upper(t), day + 1 AS day, ts - INTERVAL '1 day' AS ts, tz > TIMESTAMPTZ '2026-01-01' AS late, v * 2 AS v FROM kinds;
