CREATE SOURCE lines (a BIGINT, t TIMESTAMPTZ) WITH (connector = 'file', path = 'x.csv') FORMAT PLAIN ENCODE CSV (delimiter = ';', header = 'true', null_string = 'NA');
CREATE SINK s AS SELECT t FROM lines WHERE a > 1 WITH (connector = 'file', path = 'y.csv') FORMAT PLAIN ENCODE CSV (delimiter = 'tab', header = true);
