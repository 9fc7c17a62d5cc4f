CREATE MATERIALIZED VIEW by_shop AS SELECT id, shop, window_start, window_end FROM SESSION(sale PARTITION BY shop, at, INTERVAL '500 milliseconds');
CREATE MATERIALIZED VIEW one_session AS SELECT id, price, window_end FROM SESSION(sale, at, INTERVAL '30 milliseconds') WHERE price > 100;
