import { describe, expect, it } from 'vitest';
import type { CommitEvent, CommitState } from '../../src/epoch/commit-machine.ts';
import { next } from '../../src/epoch/commit-machine.ts';
import { checkPlan } from '../../src/epoch/check-plan.ts';
import { commitSteps } from '../../src/epoch/commit-steps.ts';
import { emptyPlan } from './plans.ts';

const plan = emptyPlan(1, 5);
const at = { generation: 3, epoch: 4, ts: 4n, fold: 2 };
const idle: CommitState = { kind: 'idle', ...at };
const committing: CommitState = { kind: 'committing', ...at, plan };
const inDoubt: CommitState = { kind: 'in-doubt', ...at, plan, target: 4, attempt: 1, cause: 'cut' };
const fenced: CommitState = { kind: 'fenced' };
const failed: CommitState = { kind: 'failed', cause: 'no' };

const events: Readonly<Record<CommitEvent['kind'], CommitEvent>> = {
  submit: { kind: 'submit', plan },
  committed: { kind: 'committed' },
  'fence-raised': { kind: 'fence-raised' },
  rejected: { kind: 'rejected', cause: 'no' },
  broken: { kind: 'broken', cause: 'cut' },
  taken: { kind: 'taken', generation: 4, epoch: 5 },
  'taken-by-another': { kind: 'taken-by-another' },
  away: { kind: 'away', cause: 'refused' },
};

const durable = { kind: 'idle', epoch: 5, ts: plan.ts, fold: 2 };

describe('the commit machine', () => {
  const legal: readonly [CommitState, CommitEvent, object][] = [
    [idle, events.submit, committing],
    [committing, events.committed, { ...durable, generation: 3 }],
    [committing, events['fence-raised'], fenced],
    [committing, events.rejected, failed],
    [committing, events.broken, inDoubt],
    [inDoubt, events.taken, { ...durable, generation: 4 }],
    [inDoubt, { kind: 'taken', generation: 4, epoch: 4 }, { ...committing, generation: 4 }],
    [inDoubt, { kind: 'taken', generation: 4, epoch: 6 }, fenced],
    [inDoubt, { kind: 'taken', generation: 4, epoch: 3 }, fenced],
    [inDoubt, events['taken-by-another'], fenced],
    [inDoubt, events.rejected, failed],
    [inDoubt, events.away, { ...inDoubt, target: 5, attempt: 2, cause: 'refused' }],
  ];
  for (const [from, event, to] of legal)
    it(`${from.kind}, ${event.kind}${'epoch' in event ? ` ${event.epoch}` : ''}: ${(to as CommitState).kind}`, () => {
      expect(next(from, event)).toEqual(to);
    });

  it('refuses everything that is not drawn', () => {
    for (const from of [idle, committing, inDoubt, fenced, failed])
      for (const event of Object.values(events)) {
        const isLegal = legal.some(([state, { kind }]) => state.kind === from.kind && kind === event.kind);
        if (!isLegal) expect(() => next(from, event)).toThrow(/cannot meet/);
      }
  });

  it('opens the next fold when snapshots are published', () => {
    const segment = { task: 0, part: 0, kind: 'snapshot', bytes: Buffer.alloc(1) } as const;
    const folding = { ...plan, state: { segments: [segment], ahead: [], folds: [{ task: 0, through: 5 }] } };
    expect(next({ kind: 'committing', ...at, plan: folding }, events.committed)).toMatchObject({ fold: 4 });
  });
});

describe('the steps of a commit', () => {
  it('begin with the fence and end with COMMIT', () => {
    const steps = commitSteps(plan, { generation: 3, fold: 2 });
    expect(steps.map(({ kind }) => kind)).toEqual(['begin', 'fence', 'statistics', 'commit']);
  });

  it('write each view error once, with its net weight', () => {
    const error = { viewId: 1, sqlstate: '22012', message: 'm', expression: 'e', row: 'r' };
    const changes = [1, 1, -1].map((weight) => ({ ...error, weight }));
    const gone = [1, -1].map((weight) => ({ ...error, row: 'other', weight }));
    const steps = commitSteps({ ...plan, viewErrors: [...changes, ...gone] }, { generation: 3, fold: 2 });
    expect(steps.filter(({ kind }) => kind === 'view-errors')).toEqual([
      { kind: 'view-errors', rows: [{ ...error, weight: 1 }] },
    ]);
  });

  it('cut raw rows into statements of bounded size', () => {
    const raw = Buffer.alloc(1024 * 1024);
    const deadLetters = Array.from({ length: 10 }, (_, offset) => ({
      ...{ sourceId: 1, partition: 0, offset: 9 - offset, code: 'C', message: 'm', raw, timestamp: null },
    }));
    const steps = commitSteps({ ...plan, deadLetters }, { generation: 3, fold: 2 });
    const offsets = steps.flatMap((step) =>
      step.kind === 'dead-letters' ? [step.rows.map((row) => row.offset)] : [],
    );
    expect(offsets).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
  });
});

describe('a write plan', () => {
  it('is refused when it is not sound', () => {
    const bytes = Buffer.alloc(1);
    const segment = { task: 0, part: 0, kind: 'delta', bytes } as const;
    const nothing = { segments: [], ahead: [], folds: [] };
    const wrong = [
      emptyPlan(1, 6),
      { ...plan, ts: 4n },
      {
        ...plan,
        state: { ...nothing, segments: [{ ...segment, bytes: Buffer.alloc(4 * 1024 * 1024 + 1) }] },
      },
      { ...plan, state: { ...nothing, segments: [{ ...segment, kind: 'snapshot' as const }] } },
      { ...plan, state: { ...nothing, segments: [segment], folds: [{ task: 0, through: 5 }] } },
      { ...plan, state: { ...nothing, folds: [{ task: 0, through: 4 }] } },
      { ...plan, state: { ...nothing, folds: [{ task: 0, through: 6 }] } },
      { ...plan, changelog: [{ viewId: 1, part: 0, rows: 2, bytes: Buffer.alloc(4 * 1024 * 1024 + 1) }] },
    ];
    checkPlan(plan, 4, 4n);
    const oneRow = { viewId: 1, part: 0, rows: 1, bytes: Buffer.alloc(4 * 1024 * 1024 + 1) };
    checkPlan({ ...plan, changelog: [oneRow] }, 4, 4n);
    for (const one of wrong) expect(() => checkPlan(one, 4, 4n)).toThrow(/not sound/);
  });
});
