-- Pipelines that are not up to what they read yet: they load views of others, or are built beside what they replace.

CREATE VIEW millrace.status AS
  WITH loads AS (
    SELECT r.pipeline_id, r.loading IS NOT NULL AS loading, coalesce(v.name, r.view_id::text) AS view,
           coalesce((r.loading ->> 'rows')::bigint, 0) AS rows,
           -- As the statistics of Postgres have it, which may be a second old.
           coalesce(pg_stat_get_live_tuples(to_regclass(format('millrace_data.%I', v.table_name))), 0) AS all_rows
      FROM millrace.changelog_readers r LEFT JOIN millrace.view_tables v USING (view_id)
     WHERE r.pipeline_id IS NOT NULL),
  loaded AS (
    SELECT pipeline_id, bool_or(loading) AS loading, string_agg(view, ', ' ORDER BY view) FILTER (WHERE loading) AS views,
           sum(CASE WHEN loading THEN rows ELSE greatest(rows, all_rows) END) AS done, sum(greatest(rows, all_rows)) AS total
      FROM loads GROUP BY pipeline_id),
  read AS (
    SELECT q.pipeline_id, sum(q.next_offset - coalesce(q.begin_offset, 0)) AS done,
           sum(greatest(coalesce(q.end_offset, q.log_end_offset, 0), q.next_offset) - coalesce(q.begin_offset, 0)) AS total
      FROM millrace.partition_progress q
     -- Positions in change logs are no records.
     WHERE NOT EXISTS (SELECT FROM millrace.changelog_readers r WHERE r.pipeline_id = q.pipeline_id AND r.view_id = q.source_id)
     GROUP BY q.pipeline_id),
  hidden AS (
    SELECT c.pipeline_id, bool_and(c.hidden) AS hidden, max(r.state) FILTER (WHERE c.hidden) AS state,
           max(r.waiting) FILTER (WHERE c.hidden) AS waiting
      FROM millrace.catalog c LEFT JOIN millrace.replacements r ON r.id = c.replacement
     WHERE c.pipeline_id IS NOT NULL GROUP BY c.pipeline_id),
  pipelines AS (
    SELECT p.*, coalesce(h.hidden, false) AS hidden, l.views, h.state, h.waiting,
           p.status IN ('created', 'running', 'finished')
             AND (coalesce(l.loading, false) OR coalesce(h.hidden AND h.state IN ('building', 'undoing'), false)) AS bootstrapping,
           coalesce(l.done, 0) + coalesce(a.done, 0) AS done, coalesce(l.total, 0) + coalesce(a.total, 0) AS total
      FROM millrace.pipelines p
      LEFT JOIN loaded l ON l.pipeline_id = p.id
      LEFT JOIN read a ON a.pipeline_id = p.id
      LEFT JOIN hidden h ON h.pipeline_id = p.id)
  SELECT id, name AS pipeline, incarnation, CASE WHEN bootstrapping THEN 'bootstrapping' ELSE status END AS status,
         -- Of what it has to load or read; never all of it while it is at that.
         CASE WHEN bootstrapping THEN least(coalesce(floor(100 * done / nullif(total, 0)), 0), 99)::integer END AS percent,
         CASE
           WHEN bootstrapping AND views IS NOT NULL THEN format('loads %s', views)
           WHEN bootstrapping THEN format('is %s beside what is served%s',
             CASE state WHEN 'building' THEN 'built' ELSE 'brought up' END, '; waits for ' || waiting)
           WHEN hidden THEN 'is the version before, kept for an undo'
         END AS why,
         -- What it makes is not what its names mean.
         hidden, epoch, ts, cause
    FROM pipelines;
COMMENT ON VIEW millrace.status IS 'Every pipeline: what it does, and how far it is while it loads or is built beside what it replaces';

CREATE OR REPLACE VIEW millrace.views AS
  SELECT c.schema_name, c.name, p.pipeline, p.status, p.epoch, p.ts, p.cause, c.definition ->> 'emit' AS emit,
         c.created_by, c.created_at,
         -- It does not have all of its input yet.
         p.status = 'bootstrapping' AS partial
    FROM millrace.catalog c JOIN millrace.status p ON p.id = c.pipeline_id
   WHERE c.kind = 'materialized view' AND NOT c.hidden;
