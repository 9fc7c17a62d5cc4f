// Mistakes in what goes on around a pipeline: replacing, retention, loading in chunks, sinks, who leads, exchanges.

import type { Mutant } from './mutants.ts';

const BEHIND = 'pipeline/replacing/behind.ts';
const SWAP = 'pipeline/replacing/swap.ts';
const ROTATION = 'epoch/changelog-rotation.ts';
const PLACE = 'views/key-place.ts';
const BEHIND_SUITE = 'pipeline/behind.test.ts';
const ROTATION_SUITE = 'epoch/changelog-rotation.test.ts';
const LOADING_SUITE = 'views/view-log.test.ts';

export const SERVING: readonly Mutant[] = [
  {
    name: 'a replacement has read enough when it has read a record of each',
    file: BEHIND,
    from: 'if (others.length > 0) return others.reduce((most, { nextOffset }) => max(most, nextOffset), 0n);',
    to: 'if (others.length > 0) return 1n;',
    suite: BEHIND_SUITE,
  },
  {
    name: 'a replacement waits for no watermark',
    file: BEHIND,
    from: '(hidden.watermarks.get(sourceId) ?? wanted - 1n) < wanted',
    to: '(hidden.watermarks.get(sourceId) ?? wanted) < 0n',
    suite: BEHIND_SUITE,
  },
  {
    name: 'a replacement that still loads is swapped',
    file: BEHIND,
    from: 'if (loading !== undefined) return',
    to: 'if (loading === null) return',
    suite: BEHIND_SUITE,
  },
  {
    name: 'a partition that a replacement has not seen is not missed',
    file: BEHIND,
    from: 'if (mine.length > 0 && !mine.some((at) => at.partition === partition))',
    to: 'if (mine.length > 0 && mine.length < 0)',
    suite: BEHIND_SUITE,
  },
  {
    name: 'what a replacement alone reads runs away from it',
    file: BEHIND,
    from: 'if (!marks.has(key) && end !== null) marks.set(key, end);',
    to: 'if (end !== null) marks.set(key, end);',
    suite: BEHIND_SUITE,
  },
  {
    name: 'the change log is not kept for its readers',
    file: ROTATION,
    from: 'if (!isOver && !(is_old && !(await isNeeded(connection, slot)))) break;',
    to: 'if (!isOver && !is_old) break;',
    suite: ROTATION_SUITE,
  },
  {
    name: 'a reader that has lost changes is not told',
    file: ROTATION,
    from: 'SET lost = true',
    to: 'SET lost = false',
    suite: ROTATION_SUITE,
  },
  {
    name: 'the change log grows beyond its bounds',
    file: ROTATION,
    from: 'const isOver = total > retention.maxBytes;',
    to: 'const isOver = false;',
    suite: ROTATION_SUITE,
  },
  {
    name: 'readers that are lost hold the change log',
    file: ROTATION,
    from: 'WHERE NOT r.lost AND EXISTS (\n        SELECT FROM millrace.changelog c WHERE c.slot = $1 AND c.view_id = r.view_id AND c.epoch > r.epoch)\n      LIMIT 1',
    to: 'WHERE EXISTS (\n        SELECT FROM millrace.changelog c WHERE c.slot = $1 AND c.view_id = r.view_id AND c.epoch > r.epoch)\n      LIMIT 1',
    suite: ROTATION_SUITE,
  },
  {
    name: 'the row at the end of a chunk is changed before it is loaded',
    file: PLACE,
    from: 'if (Buffer.compare(keys(row), place.bytes) <= 0) kept[n++] = row;',
    to: 'if (Buffer.compare(keys(row), place.bytes) < 0) kept[n++] = row;',
    suite: LOADING_SUITE,
  },
  {
    name: 'a chunk begins with the last row of the one before',
    file: PLACE,
    from: '`${columns[k]!} > ${literal}`',
    to: '`${columns[k]!} >= ${literal}`',
    suite: LOADING_SUITE,
  },
  {
    name: 'keys of NULL are not loaded',
    file: PLACE,
    from: 'if (layout.schema[layout.key[k]!]!.nullable)',
    to: 'if (layout.key.length < 0)',
    suite: LOADING_SUITE,
  },
  {
    name: 'rows of the next epoch are taken into this one',
    file: 'task/exchanges.ts',
    from: 'if (message === undefined || message.epoch !== this.epoch) return false;',
    to: 'if (message === undefined) return false;',
    suite: 'task/exchanges.test.ts',
  },
  {
    name: 'an epoch ends before the last rows have come',
    file: 'task/exchanges.ts',
    from: 'if (line.complete[from] !== this.epoch) complete = false;',
    to: '',
    suite: 'task/exchanges.test.ts',
  },
  {
    name: 'nobody waits for a task that is slow',
    file: 'task/exchanges.ts',
    from: 'line.underWay[to]! += bytes.byteLength;',
    to: '',
    suite: 'task/exchanges.test.ts',
  },
  {
    name: 'a fenced writer commits',
    file: 'epoch/step-sql.ts',
    from: 'AND generation = $2::bigint AND epoch = $3::bigint - 1 RETURNING 1)',
    to: 'AND $2::bigint > 0 AND epoch = $3::bigint - 1 RETURNING 1)',
    suite: 'epoch/pipeline-log.test.ts',
  },
  {
    name: 'an epoch is committed twice',
    file: 'epoch/step-sql.ts',
    from: 'AND generation = $2::bigint AND epoch = $3::bigint - 1 RETURNING 1)',
    to: 'AND generation = $2::bigint AND $3::bigint > 0 RETURNING 1)',
    suite: 'epoch/pipeline-log.test.ts',
  },
  {
    name: 'an owner that comes back takes what another has taken',
    file: 'epoch/takeover.ts',
    from: 'WHERE id = $1 AND writer = $2 AND generation < $3 RETURNING',
    to: 'WHERE id = $1 AND $2::text IS NOT NULL AND generation < $3 RETURNING',
    suite: 'epoch/pipeline-log.test.ts',
  },
  {
    name: 'a snapshot goes where deltas of before lie',
    file: 'epoch/commit-steps.ts',
    from: 'return plan.state.folds.length > 0 ? fold + 2 : fold;',
    to: 'return fold;',
    suite: 'epoch/pipeline-log.test.ts',
  },
  {
    name: 'what is no longer shown goes on after a restart',
    file: SWAP,
    from: 'await restShown(connection, replacement, catalog);',
    to: '',
    suite: 'pipeline/replace.test.ts',
  },
];
