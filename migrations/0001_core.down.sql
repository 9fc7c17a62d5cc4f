DROP VIEW millrace.lag;
DROP TABLE millrace.epochs, millrace.view_errors, millrace.dead_letters, millrace.late_rows,
  millrace.changelog_readers, millrace.changelog_trimmed, millrace.changelog_slots, millrace.changelog,
  millrace.segments, millrace.partition_progress, millrace.source_progress, millrace.pipelines;
DROP SCHEMA millrace_state CASCADE;
