CREATE MATERIALIZED VIEW medians AS SELECT shop, percentile_cont(0.5) WITHIN GROUP (ORDER BY price) AS median,
  percentile_disc(ARRAY[0.1, 0.9]) WITHIN GROUP (ORDER BY item DESC) AS ends, mode() WITHIN GROUP (ORDER BY item) FILTER (WHERE paid) AS usual,
  regr_count(item, id) AS pairs, regr_slope(item, id) AS slope, first_value(item ORDER BY id, item, price, paid) AS f FROM sale GROUP BY shop;
CREATE MATERIALIZED VIEW of_counts AS SELECT paid, percentile_disc(0.5) WITHIN GROUP (ORDER BY n) AS median, covar_pop(n, length(shop)) AS c,
  last_value(shop ORDER BY n, shop) AS l FROM (SELECT shop, paid, count(*) AS n FROM sale GROUP BY shop, paid) x GROUP BY paid;
