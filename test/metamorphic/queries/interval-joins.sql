CREATE MATERIALIZED VIEW near AS SELECT a.id, b.id AS other, a.price - b.price AS more
  FROM sale a JOIN sale b ON b.shop = a.shop AND b.at BETWEEN a.at - INTERVAL '0.5 seconds' AND a.at + INTERVAL '0.3 seconds' AND b.id <> a.id;
CREATE MATERIALIZED VIEW lonely AS SELECT a.id, a.shop, a.at, b.id AS next
  FROM sale a LEFT JOIN sale b ON b.item = a.item AND b.at > a.at AND b.at - a.at < INTERVAL '1 second' EMIT ON WINDOW CLOSE;
CREATE MATERIALIZED VIEW side_by_side AS SELECT window_end, p.n, q.n AS m
  FROM (SELECT window_end, count(*) AS n FROM TUMBLE(sale, at, INTERVAL '2 seconds') WHERE paid GROUP BY window_end) p
  FULL JOIN (SELECT window_end, count(*) AS n FROM TUMBLE(sale, at, INTERVAL '2 seconds') WHERE NOT paid AND price > 150 GROUP BY window_end) q
  USING (window_end);
CREATE MATERIALIZED VIEW alone AS SELECT s.id, s.item FROM sale s
  WHERE NOT EXISTS (SELECT 1 FROM sale o WHERE o.item = s.item AND o.id <> s.id AND o.at BETWEEN s.at - INTERVAL '1 second' AND s.at + INTERVAL '1 second');
