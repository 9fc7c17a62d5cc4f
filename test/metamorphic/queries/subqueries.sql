CREATE MATERIALIZED VIEW sold AS SELECT id, kind FROM item i WHERE EXISTS (SELECT 1 FROM sale s WHERE s.item = i.id AND s.paid);
CREATE MATERIALIZED VIEW never_dear AS SELECT id FROM item WHERE id NOT IN (SELECT item FROM sale WHERE price > 150 AND item IS NOT NULL);
CREATE MATERIALIZED VIEW with_best AS SELECT i.id, (SELECT max(price) FROM sale s WHERE s.item = i.id) AS best FROM item i WHERE weight < 20;
CREATE MATERIALIZED VIEW dear_kinds AS SELECT id, price FROM sale WHERE price > 100 AND item IN (SELECT id FROM item WHERE kind = 'a');
