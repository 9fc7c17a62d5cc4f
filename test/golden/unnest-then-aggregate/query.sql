CREATE MATERIALIZED VIEW v AS
SELECT word, count(*) AS n FROM bid, string_to_table(channel, ' ') AS word WHERE price > 10 AND word <> '' GROUP BY word;
