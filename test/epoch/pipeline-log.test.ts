import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommitState } from '../../src/epoch/commit-machine.ts';
import { PipelineLog } from '../../src/epoch/pipeline-log.ts';
import { createPipeline, deletePipeline, setStatus } from '../../src/epoch/pipeline-row.ts';
import { PostgresPort } from '../../src/epoch/postgres-port.ts';
import { writerName } from '../../src/epoch/takeover.ts';
import type { WritePlan } from '../../src/epoch/write-plan.ts';
import { connect } from '../../src/postgres/connection.ts';
import { migrate } from '../../src/postgres/migrations.ts';
import { Pool } from '../../src/postgres/pool.ts';
import { freshDatabase } from '../setup/parts.ts';
import type { Fault } from '../setup/tcp-proxy.ts';
import { startProxy } from '../setup/tcp-proxy.ts';
import { emptyPlan } from './plans.ts';

let url: string;
let pool: Pool;
const never = new AbortController().signal;

beforeAll(async () => {
  ({ url } = await freshDatabase());
  await migrate(url);
  pool = new Pool(url, { applicationName: 'test', max: 3 });
});

afterAll(() => pool.close());

const newPipeline = (): Promise<number> =>
  pool.use((connection) => createPipeline(connection, randomUUID(), 1));

function open(pipelineId: number, more: Partial<ConstructorParameters<typeof PostgresPort>[0]> = {}) {
  const port = new PostgresPort({ url, pipelineId, signal: never, ...more });
  return PipelineLog.takeOver(port, randomUUID());
}

async function rowsOf(table: string, pipelineId: number): Promise<readonly object[]> {
  return (await pool.query(`SELECT * FROM millrace.${table} WHERE pipeline_id = $1`, [pipelineId])).rows;
}

async function bodyTables(pipelineId: number): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT relname::text AS name FROM pg_class WHERE relkind = 'r' AND starts_with(relname::text, $1) ORDER BY 1`,
    [`segments_${pipelineId}_`],
  );
  return rows.map(({ name }) => name);
}

const write = (name: string, text: string, expectRows: number) =>
  [{ viewId: 1, steps: [{ kind: 'sql', name, text, values: [], expectRows }] }] as const;

describe('an epoch', () => {
  it('writes everything it has, and is read back by whoever takes over', async () => {
    const id = await newPipeline();
    const log = await open(id);
    expect(log.start).toMatchObject({ epoch: 0, generation: 1, manifest: [], partitions: [] });
    const progress = {
      sourceId: id,
      partition: 0,
      nextOffset: 7,
      logEndOffset: 9,
      endOffset: null,
      idle: false,
    };
    const failing = {
      viewId: 1,
      sqlstate: '22012',
      message: 'division by zero',
      expression: 'a / b',
      row: '(1,0)',
    };
    const record = { sourceId: id, partition: 0, raw: Buffer.from([0, 255]) };
    const full: WritePlan = {
      ...emptyPlan(id, 1),
      partitions: [{ ...progress, maxEventTime: 1_700_000_000_123_456n }],
      sources: [{ sourceId: id, watermark: null, identity: 'topic id' }],
      state: {
        segments: [{ task: 0, part: 0, kind: 'delta', bytes: Buffer.from('one') }],
        ahead: [],
        folds: [],
      },
      changelog: [{ viewId: id, part: 0, rows: 1, bytes: Buffer.from('log') }],
      lateRows: [{ ...record, offset: 3, eventTime: 1n, watermark: 2n }],
      deadLetters: [
        { ...record, offset: 4, code: 'INVALID_JSON', message: 'unexpected \0', timestamp: 5n },
        { ...record, offset: 4, code: 'INVALID_JSON', message: 'again', timestamp: 5n },
      ],
      viewErrors: [{ ...failing, weight: 1 }],
    };
    await log.commit(full);
    await log.commit({ ...emptyPlan(id, 2), viewErrors: [{ ...failing, weight: -1 }], status: 'finished' });
    await log.close();

    expect(await rowsOf('late_rows', id)).toMatchObject([
      { offset: 3n, event_time: 1n, watermark: 2n, epoch: 1n, raw: record.raw },
    ]);
    expect(await rowsOf('dead_letters', id)).toMatchObject([{ offset: 4n, message: 'unexpected \u{fffd}' }]);
    expect(await rowsOf('view_errors', id)).toEqual([]);
    expect(await rowsOf('changelog', id)).toMatchObject([{ epoch: 1n, bytes: Buffer.from('log') }]);
    expect(await rowsOf('epochs', id)).toMatchObject([
      { epoch: 1n, late_rows: 1n, dead_letters: 2n, rows_in: 1n },
      { epoch: 2n, ts: 2_000_000n },
    ]);
    await pool.query(
      `INSERT INTO millrace.catalog (id, kind, schema_name, name, definition, created_by)
       VALUES ('s' || $1::text, 'source', 'public', 'told', '{}', 'test')`,
      [String(id)],
    );
    const { rows: lag } = await pool.query(
      'SELECT lag, holds_watermark, source FROM millrace.lag WHERE source_id = $1',
      [id],
    );
    expect(lag).toEqual([{ lag: 2n, holds_watermark: true, source: 'told' }]);

    const later = await open(id);
    expect(later.start).toMatchObject({ epoch: 2, generation: 2, status: 'finished', ts: 2_000_000n });
    expect(later.start.partitions).toEqual(full.partitions);
    expect(later.start.sources).toEqual(full.sources);
    const found: string[] = [];
    for await (const { bytes } of later.segments()) found.push(bytes.toString());
    expect(found).toEqual(['one']);
    await later.close();
  });

  it('is refused by the fence once somebody else has taken over', async () => {
    const id = await newPipeline();
    const first = await open(id);
    await first.commit(emptyPlan(id, 1));
    const second = await open(id);
    await expect(first.commit(emptyPlan(id, 2))).rejects.toMatchObject({ code: 'FENCED' });
    await expect(first.dropOldFolds()).rejects.toMatchObject({ code: 'FENCED' });
    await second.commit(emptyPlan(id, 2));
    await Promise.all([first.close(), second.close()]);
  });

  it('aborts whole when a view does not hold the rows that the engine expects', async () => {
    await pool.query('CREATE TABLE public.v (k int PRIMARY KEY)');
    const id = await newPipeline();
    const log = await open(id);
    const wrong = write('v_delete', 'DELETE FROM public.v', 1);
    await expect(log.commit({ ...emptyPlan(id, 1), views: wrong })).rejects.toMatchObject({
      code: 'VIEW_DIVERGED',
    });
    const again = await open(id);
    expect(again.start.epoch).toBe(0);
    await again.commit({
      ...emptyPlan(id, 1),
      views: write('v_insert', 'INSERT INTO public.v VALUES (1), (2)', 2),
    });
    await again.close();
  });

  it('fails its pipeline on errors that would come again, with the statement of Postgres', async () => {
    for (const [text, state] of [
      ['INSERT INTO public.v VALUES (1)', '23505'],
      [`INSERT INTO public.v VALUES ('x')`, '22P02'],
      ['INSERT INTO public.nowhere VALUES (1)', '42P01'],
    ] as const) {
      const id = await newPipeline();
      const log = await open(id);
      const attempt = log.commit({ ...emptyPlan(id, 1), views: write(`v_${state}`, text, 1) });
      await expect(attempt).rejects.toMatchObject({
        code: 'EPOCH_REJECTED',
        message: expect.stringContaining(state) as string,
      });
      expect(log.state.kind).toBe('failed');
    }
  });
});

describe('doubt', () => {
  it('takes over from a commit that hangs in the middle, by ending its connection', async () => {
    const id = await newPipeline();
    const hanging = await connect(url, { applicationName: writerName(id) });
    await hanging.script(`BEGIN; UPDATE millrace.pipelines SET epoch = 1 WHERE id = ${id}`);
    const log = await open(id, { evictAfterMs: 100 });
    expect(log.start.epoch).toBe(0);
    await expect.poll(() => hanging.lost).toBeDefined();
    await log.commit(emptyPlan(id, 1));
    await log.close();
  });

  it('does not take back what somebody else has taken over meanwhile', async () => {
    const id = await newPipeline();
    const port = new PostgresPort({ url, pipelineId: id, signal: never });
    const writer = randomUUID();
    const first = await PipelineLog.takeOver(port, writer);
    const second = await open(id);
    expect(await port.retake(writer, 100)).toEqual({ kind: 'taken-by-another' });
    await second.commit(emptyPlan(id, 1));
    await Promise.all([first.close(), second.close()]);
  });

  it('keeps a plan whose COMMIT answer was lost, and repeats one that never arrived', async () => {
    const id = await newPipeline();
    const target = new URL(url);
    const faults: Fault[] = [];
    const proxy = await startProxy({ host: target.hostname, port: Number(target.port) }, (burst) =>
      burst.isCommit && burst.applicationName === writerName(id)
        ? (faults.shift() ?? { kind: 'none' })
        : { kind: 'none' },
    );
    target.port = String(proxy.port);
    const seen: CommitState['kind'][] = [];
    const port = new PostgresPort({ url: target.href, pipelineId: id, signal: never });
    const log = await PipelineLog.takeOver(port, randomUUID(), { observe: ({ kind }) => seen.push(kind) });
    faults.push({ kind: 'drop-answer' });
    await log.commit(emptyPlan(id, 1));
    expect(seen.splice(0)).toEqual(['committing', 'in-doubt', 'idle']);
    faults.push({ kind: 'cut', share: 0.5 });
    await log.commit(emptyPlan(id, 2));
    expect(seen).toEqual(['committing', 'in-doubt', 'committing', 'idle']);
    expect(log.state).toMatchObject({ generation: 3, epoch: 2 });
    await log.close();
    await proxy.close();
  });

  it('waits for an absent Postgres until told to stop', async () => {
    const id = await newPipeline();
    const target = new URL(url);
    const proxy = await startProxy({ host: target.hostname, port: Number(target.port) }, () => ({
      kind: 'none',
    }));
    target.port = String(proxy.port);
    const stop = new AbortController();
    const states: CommitState[] = [];
    const port = new PostgresPort({ url: target.href, pipelineId: id, signal: stop.signal });
    const log = await PipelineLog.takeOver(port, randomUUID(), { observe: (state) => states.push(state) });
    await proxy.close();
    const commit = log.commit(emptyPlan(id, 1));
    commit.catch(() => {});
    await expect.poll(() => states.at(-1)).toMatchObject({ kind: 'in-doubt', attempt: 3 });
    stop.abort(new Error('shutting down'));
    await expect(commit).rejects.toThrow(/abort/i);
    await log.close();
  });
});

describe('state', () => {
  it('is folded, written ahead, recovered in order, and freed', async () => {
    const id = await newPipeline();
    const log = await open(id);
    const segment = (kind: 'delta' | 'snapshot', text: string, part = 0) =>
      ({ task: 0, part, kind, bytes: Buffer.from(text) }) as const;
    const delta = (epoch: number): WritePlan => ({
      ...emptyPlan(id, epoch),
      state: { segments: [segment('delta', `d${epoch}`)], ahead: [], folds: [] },
    });
    await log.commit(delta(1));
    await log.commit(delta(2));
    const big = { ...segment('snapshot', ''), bytes: Buffer.alloc(4 * 1024 * 1024, 's') };
    const ahead = [await log.writeAhead(big, 2), await log.writeAhead(segment('snapshot', 's2', 1), 2)];
    await log.commit(delta(3));
    await log.dropOldFolds();
    await log.commit({ ...delta(4), state: { ...delta(4).state, ahead, folds: [{ task: 0, through: 2 }] } });
    await log.commit(delta(5));
    // Delta 3 still lies in the first table.
    await log.dropOldFolds();
    expect(await bodyTables(id)).toEqual([0, 1, 2].map((fold) => `segments_${id}_${fold}`));

    const recovered: string[] = [];
    for await (const { bytes } of (await open(id)).segments())
      recovered.push(bytes.length > 9 ? `${bytes.length}` : `${bytes}`);
    expect(recovered).toEqual(['4194304', 's2', 'd3', 'd4', 'd5']);

    const last = await open(id);
    await last.commit({
      ...emptyPlan(id, 6),
      state: { segments: [segment('snapshot', 's6')], ahead: [], folds: [{ task: 0, through: 6 }] },
    });
    await last.dropOldFolds();
    expect(await bodyTables(id)).toEqual([`segments_${id}_4`]);
    await pool.use((connection) => deletePipeline(connection, id));
    expect(await bodyTables(id)).toEqual([]);
    await expect(open(id)).rejects.toMatchObject({ code: 'UNKNOWN_PIPELINE' });
  });

  it('that is gone from the database is an error, not an empty state', async () => {
    const id = await newPipeline();
    const log = await open(id);
    const segments = [{ task: 0, part: 0, kind: 'delta', bytes: Buffer.from('x') }] as const;
    await log.commit({ ...emptyPlan(id, 1), state: { segments, ahead: [], folds: [] } });
    await pool.query(`DELETE FROM millrace_state.segments_${id}_0`);
    const again = await open(id);
    await expect(again.segments().next()).rejects.toMatchObject({ code: 'STATE_MISSING' });
  });
});

describe('the status of a pipeline', () => {
  it('is written by its owner only', async () => {
    const id = await newPipeline();
    const log = await open(id);
    const set = (generation: number) =>
      pool.use((connection) => setStatus(connection, id, generation, 'failed', 'because'));
    expect(await set(log.start.generation - 1)).toBe(false);
    expect(await set(log.start.generation)).toBe(true);
  });
});
