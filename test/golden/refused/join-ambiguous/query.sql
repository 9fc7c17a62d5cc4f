CREATE MATERIALIZED VIEW v AS
SELECT date_time FROM bid JOIN auction ON auction = auction.id;
