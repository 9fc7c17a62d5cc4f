ALTER TABLE millrace.changelog_readers DROP COLUMN pipeline_id, DROP COLUMN loading;
DROP TABLE millrace.view_watermarks;
