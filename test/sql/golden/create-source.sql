CREATE SOURCE IF NOT EXISTS bid (
  auction BIGINT, bidder BIGINT NOT NULL, price BIGINT, channel TEXT, url TEXT, date_time TIMESTAMPTZ, extra TEXT NULL,
  "Größe" NUMERIC(10, 2), tags TEXT[], double_price BIGINT AS (price * 2),
  WATERMARK FOR date_time AS date_time - INTERVAL '4 seconds'
)
INCLUDE KEY AS k  INCLUDE TIMESTAMP AS ts  INCLUDE OFFSET AS o  INCLUDE PARTITION AS p  INCLUDE HEADERS
WITH (connector = 'kafka', topic = 'bids', properties.bootstrap.server = 'localhost:9092',
      scan.startup.mode = 'earliest', scan.bounded.mode = 'latest-offset', idle_timeout = '30 s', max_rate = 50000)
FORMAT PLAIN ENCODE JSON;

CREATE SOURCE s.flights (id INT PRIMARY KEY, at TIMESTAMP, WATERMARK FOR at AS at - INTERVAL '5' MINUTES)
FORMAT plain ENCODE csv (delimiter = '|', header = true) WITH (connector = 'file', path = 'flights.csv');

create source generated with (connector = nexmark);
