-- 20,000 flights within the United States in 2001, replayed in the order of their departure.
-- Delay in minutes (negative: early), distance in miles.

CREATE SOURCE flights (
  date TIMESTAMP,
  delay INTEGER,
  distance INTEGER,
  origin TEXT,
  destination TEXT,
  WATERMARK FOR date AS date
) WITH (connector = 'kafka', topic = 'flights', scan.startup.mode = 'earliest')
FORMAT PLAIN ENCODE JSON;

-- Which airports keep their passengers waiting?
CREATE MATERIALIZED VIEW delays_by_origin AS
SELECT
  origin,
  count(*) AS flights,
  avg(delay) AS average_delay,
  max(delay) AS longest_delay,
  count(CASE WHEN delay > 15 THEN 1 END) AS late
FROM flights
GROUP BY origin
HAVING count(*) >= 10;

-- Flights of each day: rows change while the day lasts.
CREATE MATERIALIZED VIEW flights_per_day AS
SELECT window_start AS day, count(*) AS flights, sum(distance) AS miles, avg(delay) AS average_delay
FROM TUMBLE(flights, date, INTERVAL '1 day')
GROUP BY window_start, window_end;

-- Flights of each day and airport, once the day is over.
CREATE MATERIALIZED VIEW departures_per_day AS
SELECT window_start AS day, origin, count(*) AS departures
FROM TUMBLE(flights, date, INTERVAL '1 day')
GROUP BY window_start, window_end, origin
EMIT ON WINDOW CLOSE;

-- Flights of more than 2,000 miles, each of them a row.
CREATE MATERIALIZED VIEW long_flights AS
SELECT date, origin, destination, distance, delay > 0 AS late
FROM flights
WHERE distance > 2000;
