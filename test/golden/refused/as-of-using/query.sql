CREATE MATERIALIZED VIEW v AS
SELECT b.price FROM bid b ASOF JOIN (SELECT id AS auction, date_time AS at FROM auction) a USING (auction);
