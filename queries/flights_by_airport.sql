-- Where the flights of flights.sql begin: the airports of the United States, one row per code, from a topic of upserts.
-- A table is kept by key; a record without a value deletes its row.

CREATE TABLE airports (
  iata TEXT PRIMARY KEY,
  name TEXT,
  city TEXT,
  state TEXT,
  country TEXT,
  latitude DOUBLE PRECISION,
  longitude DOUBLE PRECISION
) WITH (connector = 'kafka', topic = 'airports', scan.startup.mode = 'earliest')
FORMAT UPSERT ENCODE JSON;

CREATE MATERIALIZED VIEW airports_by_state AS
SELECT state, count(*) AS airports, max(latitude) AS northernmost
FROM airports
GROUP BY state;

-- A view of another file and the table, side by side: each is followed through its change log.
CREATE MATERIALIZED VIEW delays_by_city AS
SELECT d.origin, a.city, a.state, d.flights, d.average_delay, d.longest_delay
FROM delays_by_origin AS d
JOIN airports AS a ON a.iata = d.origin;
