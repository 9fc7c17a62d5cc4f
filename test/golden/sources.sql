CREATE SOURCE bid (
  auction BIGINT, bidder BIGINT, price BIGINT, channel TEXT, url TEXT, date_time TIMESTAMPTZ, extra TEXT,
  WATERMARK FOR date_time AS date_time - INTERVAL '4 seconds'
) WITH (connector = 'kafka', topic = 'nexmark-bid') FORMAT PLAIN ENCODE JSON;

CREATE SOURCE auction (
  id BIGINT, item_name TEXT, seller BIGINT, category BIGINT, date_time TIMESTAMPTZ, expires TIMESTAMPTZ,
  WATERMARK FOR date_time AS date_time - INTERVAL '4 seconds'
) WITH (connector = 'kafka', topic = 'nexmark-auction') FORMAT PLAIN ENCODE JSON;

-- No watermark, and a column of each type.
CREATE SOURCE kinds (
  b BOOLEAN, s SMALLINT, i INTEGER NOT NULL, l BIGINT, d DOUBLE PRECISION, n NUMERIC, m NUMERIC(12, 2),
  t TEXT, day DATE, ts TIMESTAMP, tz TIMESTAMPTZ, v INTERVAL
) INCLUDE KEY AS k INCLUDE TIMESTAMP AS at INCLUDE OFFSET AS o INCLUDE PARTITION AS p
WITH (connector = 'kafka', topic = 'kinds') FORMAT PLAIN ENCODE JSON;

CREATE VIEW big AS SELECT *, price * 2 AS twice FROM bid WHERE price > 100;

CREATE MATERIALIZED VIEW kept AS SELECT auction, price FROM bid;

CREATE SINK nowhere FROM big WITH (connector = 'blackhole');

-- The types whose values are slices of bytes, and those that came with them.
CREATE SOURCE things (
  id UUID NOT NULL, f REAL, w TIME, name VARCHAR(20), raw BYTEA, doc JSONB, tags TEXT[], counts BIGINT[],
  place STRUCT<city VARCHAR, at STRUCT<lat DOUBLE PRECISION, lon DOUBLE PRECISION>>
) WITH (connector = 'kafka', topic = 'things') FORMAT PLAIN ENCODE JSON;
