-- Query 21, add channel id: known channels by name, others by their URL. The published pattern, (&|^)channel_id=([^&]*), finds the
-- same as this one behind one more &.
CREATE MATERIALIZED VIEW q21 AS
SELECT auction, bidder, price, channel,
       CASE
         WHEN lower(channel) = 'apple' THEN '0'
         WHEN lower(channel) = 'google' THEN '1'
         WHEN lower(channel) = 'facebook' THEN '2'
         WHEN lower(channel) = 'baidu' THEN '3'
         ELSE (regexp_match('&' || url, '&channel_id=([^&]*)'))[1]
       END AS channel_id
FROM bid
WHERE (regexp_match('&' || url, '&channel_id=([^&]*)'))[1] IS NOT NULL
   OR lower(channel) IN ('apple', 'google', 'facebook', 'baidu');
