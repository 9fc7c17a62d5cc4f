CREATE MATERIALIZED VIEW richest AS SELECT id, shop, credit, place FROM (
  SELECT *, row_number() OVER (PARTITION BY shop ORDER BY credit DESC NULLS LAST, id) AS place FROM member) m WHERE place <= 3;
CREATE MATERIALIZED VIEW newest AS SELECT id, since FROM member ORDER BY since DESC NULLS LAST, id LIMIT 7 OFFSET 2;
CREATE MATERIALIZED VIEW lowest AS SELECT level, id, rank FROM (
  SELECT *, rank() OVER (PARTITION BY level ORDER BY credit) AS rank FROM member) m WHERE rank <= 2;
CREATE MATERIALIZED VIEW best_kind AS SELECT DISTINCT ON (shop) shop, kind, amount FROM balance ORDER BY shop, amount DESC NULLS LAST, kind;
CREATE MATERIALIZED VIEW top_shops AS SELECT shop, n FROM (SELECT shop, count(*) AS n FROM member GROUP BY shop) s ORDER BY n DESC, shop LIMIT 4;
CREATE MATERIALIZED VIEW levels AS SELECT shop, level, id, place FROM (
  SELECT *, dense_rank() OVER (PARTITION BY shop ORDER BY level DESC) AS place FROM member) m WHERE place BETWEEN 1 AND 2;
CREATE MATERIALIZED VIEW busiest AS SELECT shop, count(*) AS n FROM member GROUP BY shop ORDER BY n DESC FETCH FIRST 2 ROWS WITH TIES;
CREATE MATERIALIZED VIEW second AS SELECT id, shop FROM (SELECT *, row_number() OVER (PARTITION BY shop ORDER BY since DESC NULLS LAST, id) AS place FROM member) m WHERE place = 2;
