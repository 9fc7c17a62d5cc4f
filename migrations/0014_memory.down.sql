ALTER TABLE millrace.pipelines DROP COLUMN max_memory, DROP COLUMN recovered, DROP COLUMN recovery_total;
