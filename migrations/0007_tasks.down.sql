ALTER TABLE millrace.pipelines DROP COLUMN parallelism, DROP COLUMN isolation, DROP COLUMN tasks;
