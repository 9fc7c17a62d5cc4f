CREATE OR REPLACE VIEW millrace.windows AS
  WITH partitions AS (
    SELECT q.*, q.end_offset IS NOT NULL AND q.next_offset >= q.end_offset AS finished
      FROM millrace.partition_progress q),
  active AS (
    SELECT pipeline_id, source_id, partition, event_time_at, max_event_time IS NULL AS silent,
           rank() OVER (PARTITION BY pipeline_id, source_id ORDER BY coalesce(max_event_time, '-infinity')) = 1 AS holds
      FROM partitions WHERE NOT idle AND NOT finished),
  held AS (
    SELECT pipeline_id, source_id, array_agg(partition ORDER BY partition) AS held_by, max(event_time_at) AS held_since,
           bool_or(silent) AS silent
      FROM active WHERE holds GROUP BY pipeline_id, source_id),
  stand AS (
    SELECT p.name AS pipeline, p.incarnation, s.source_id, c.name AS source, s.watermark, s.watermark_at AS watermark_since,
           s.watermark - coalesce((c.definition #>> '{reading,allowedLateness}')::float8, 0) * interval '1 millisecond' AS closed_through,
           h.held_by, h.held_since, h.silent, e.next_close, c.definition -> 'watermark' = 'null' AS timeless
      FROM millrace.source_progress s
      JOIN millrace.pipelines p ON p.id = s.pipeline_id
      LEFT JOIN held h USING (pipeline_id, source_id)
      LEFT JOIN millrace.epochs e ON e.pipeline_id = p.id AND e.epoch = p.epoch
      LEFT JOIN millrace.catalog c ON c.id = 's' || s.source_id)
  SELECT pipeline, incarnation, source_id, source, watermark, watermark_since, closed_through, held_by, held_since, next_close,
         CASE
           WHEN watermark = 'infinity' THEN 'the input has ended, all windows are closed'
           WHEN timeless THEN 'the source has no WATERMARK, its windows never close'
           WHEN held_by IS NULL THEN 'all partitions are idle, the watermark waits for rows'
           WHEN silent THEN format('no row with a time has come from partition %s since %s',
                                   array_to_string(held_by, ', '), held_since)
           ELSE format('partition %s holds the watermark at %s since %s', array_to_string(held_by, ', '), watermark, held_since)
         END ||
         CASE
           WHEN watermark = 'infinity' OR timeless THEN ''
           WHEN next_close IS NULL THEN '; no window is open'
           ELSE format('; the next window closes when it has passed %s', next_close + (watermark - closed_through))
         END AS why
    FROM stand;
