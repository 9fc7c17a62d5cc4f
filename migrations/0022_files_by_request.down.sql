ALTER TABLE millrace.requests DROP COLUMN file;
