DROP SCHEMA millrace_data CASCADE;
DROP TABLE millrace.view_tables;
DROP FUNCTION millrace.refuse_write() CASCADE;
