DROP TABLE millrace.trimmed_rows;
ALTER TABLE millrace.late_rows DROP COLUMN seen_at;
