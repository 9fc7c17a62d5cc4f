CREATE SINK s FROM big WITH (connector = 'kafka', topic = 'x', when_ahead = 'continue', transaction_timeout = '90 s') FORMAT PLAIN ENCODE JSON;
