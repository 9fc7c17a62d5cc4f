CREATE MATERIALIZED VIEW v AS
SELECT price FROM bid WHERE (price, bidder) > ANY (SELECT id, seller FROM auction);
