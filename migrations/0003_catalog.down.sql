DROP VIEW millrace.sinks, millrace.views, millrace.sources;
DROP PROCEDURE millrace.submit;
DROP TABLE millrace.requests, millrace.deployments, millrace.sink_positions, millrace.catalog_state, millrace.catalog;
ALTER TABLE millrace.pipelines DROP COLUMN paused, DROP COLUMN retired_tables;
