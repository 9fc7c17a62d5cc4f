CREATE MATERIALIZED VIEW everyone AS SELECT id::bigint AS id, shop FROM member WHERE level > 2 UNION ALL SELECT amount, shop FROM balance UNION ALL SELECT id, shop FROM sale WHERE price > 190;
CREATE MATERIALIZED VIEW any_shop AS SELECT shop FROM member UNION SELECT shop FROM balance;
CREATE MATERIALIZED VIEW both_have AS SELECT shop FROM member WHERE level = 1 INTERSECT SELECT shop FROM balance WHERE amount > 0;
CREATE MATERIALIZED VIEW unseen AS SELECT item FROM sale EXCEPT SELECT id FROM member WHERE credit > 50;
CREATE MATERIALIZED VIEW levels AS SELECT DISTINCT level, credit > 100 AS rich FROM member;
