CREATE MATERIALIZED VIEW v AS
SELECT count(*) AS n FROM bid GROUP BY CUBE (auction, bidder, price, channel, url, extra, date_time);
