DROP VIEW millrace.windows;
ALTER TABLE millrace.epochs DROP COLUMN next_close;
ALTER TABLE millrace.source_progress DROP COLUMN watermark_at;
ALTER TABLE millrace.partition_progress DROP COLUMN event_time_at;
