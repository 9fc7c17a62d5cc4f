CREATE MATERIALIZED VIEW v AS
SELECT auction, twice + 1 AS more FROM big b WHERE b.channel <> 'Baidu';
