-- The three streams of the Nexmark benchmark, as `millrace start` writes them into Kafka, and the side input of query 13: a topic of
-- {"key": 0 … 9999, "value": "…"} that whoever runs that query fills.

CREATE SOURCE IF NOT EXISTS bid (
  auction BIGINT,
  bidder BIGINT,
  price BIGINT,
  channel TEXT,
  url TEXT,
  date_time TIMESTAMPTZ,
  extra TEXT,
  WATERMARK FOR date_time AS date_time - INTERVAL '4 seconds'
) WITH (connector = 'kafka', topic = 'nexmark-bid', scan.startup.mode = 'earliest')
FORMAT PLAIN ENCODE JSON;

CREATE SOURCE IF NOT EXISTS auction (
  id BIGINT,
  item_name TEXT,
  description TEXT,
  initial_bid BIGINT,
  reserve BIGINT,
  date_time TIMESTAMPTZ,
  expires TIMESTAMPTZ,
  seller BIGINT,
  category BIGINT,
  extra TEXT,
  WATERMARK FOR date_time AS date_time - INTERVAL '4 seconds'
) WITH (connector = 'kafka', topic = 'nexmark-auction', scan.startup.mode = 'earliest')
FORMAT PLAIN ENCODE JSON;

CREATE SOURCE IF NOT EXISTS person (
  id BIGINT,
  name TEXT,
  email_address TEXT,
  credit_card TEXT,
  city TEXT,
  state TEXT,
  date_time TIMESTAMPTZ,
  extra TEXT,
  WATERMARK FOR date_time AS date_time - INTERVAL '4 seconds'
) WITH (connector = 'kafka', topic = 'nexmark-person', scan.startup.mode = 'earliest')
FORMAT PLAIN ENCODE JSON;

CREATE SOURCE IF NOT EXISTS side_input (
  key BIGINT,
  value TEXT
) WITH (connector = 'kafka', topic = 'nexmark-side-input', scan.startup.mode = 'earliest')
FORMAT PLAIN ENCODE JSON;
