// What to do when a commit does not simply succeed: the pure part, without a clock or a connection.
//
//              submit               committed
//     idle ──────────────▶ committing ──────────────▶ idle (epoch n)
//                           ▲   │  │ fence raised
//              taken: n − 1 │   │  └────────────────▶ fenced
//                           │   │  │ deterministic SQL error
//                           │   │  └────────────────▶ failed
//                           │   │ broken: no answer, or one that may pass
//                           │   ▼
//                          in doubt ────────────────▶ idle (epoch n)      taken: n, the plan is durable
//                           │   ▲ │
//                           └───┘ └─────────────────▶ fenced              somebody else took over, or another epoch
//                          away: wait, ask again
//
// Reading the epoch again would not do: the COMMIT may still be on its way (measured wrong in 33 of 330 cuts). Taking the
// pipeline over again waits for a transaction in flight, by its row lock, and fences what still sits in a socket buffer,
// by the generation. It does so only while nobody else has taken the pipeline over since, for then an epoch n found in
// the database is somebody else's epoch n.

import { foldAfter } from './commit-steps.ts';
import type { WritePlan } from './write-plan.ts';

interface Standing {
  readonly generation: number;
  /** Last epoch known to be durable, its time, and the fold that deltas go to. */
  readonly epoch: number;
  readonly ts: bigint;
  readonly fold: number;
}

export type CommitState =
  | (Standing & { readonly kind: 'idle' })
  | (Standing & { readonly kind: 'committing'; readonly plan: WritePlan })
  | (Standing & {
      readonly kind: 'in-doubt';
      readonly plan: WritePlan;
      /** The generation that the next attempt takes; each attempt has its own, so that a late one does no harm. */
      readonly target: number;
      readonly attempt: number;
      readonly cause: unknown;
    })
  | { readonly kind: 'fenced' }
  | { readonly kind: 'failed'; readonly cause: unknown };

export type CommitEvent =
  | { readonly kind: 'submit'; readonly plan: WritePlan }
  | { readonly kind: 'committed' }
  | { readonly kind: 'fence-raised' }
  | { readonly kind: 'rejected'; readonly cause: unknown }
  | { readonly kind: 'broken'; readonly cause: unknown }
  | { readonly kind: 'taken'; readonly generation: number; readonly epoch: number }
  | { readonly kind: 'taken-by-another' }
  | { readonly kind: 'away'; readonly cause: unknown };

/** The next state; an event that the drawing does not show is a defect. */
export function next(state: CommitState, event: CommitEvent): CommitState {
  switch (state.kind) {
    case 'idle':
      if (event.kind === 'submit') return { ...standing(state), kind: 'committing', plan: event.plan };
      break;
    case 'committing':
      return afterCommit(state, event);
    case 'in-doubt':
      return afterTakeover(state, event);
    case 'fenced':
    case 'failed':
      break;
  }
  throw illegal(state, event);
}

function afterCommit(state: Extract<CommitState, { kind: 'committing' }>, event: CommitEvent): CommitState {
  switch (event.kind) {
    case 'committed':
      return durable(state, state.generation);
    case 'fence-raised':
      return { kind: 'fenced' };
    case 'rejected':
      return { kind: 'failed', cause: event.cause };
    case 'broken':
      return { ...state, kind: 'in-doubt', target: state.generation + 1, attempt: 1, cause: event.cause };
    default:
      throw illegal(state, event);
  }
}

function afterTakeover(state: Extract<CommitState, { kind: 'in-doubt' }>, event: CommitEvent): CommitState {
  switch (event.kind) {
    case 'taken':
      if (event.epoch === state.plan.epoch) return durable(state, event.generation);
      if (event.epoch !== state.epoch) return { kind: 'fenced' };
      return { ...standing(state), kind: 'committing', plan: state.plan, generation: event.generation };
    case 'taken-by-another':
      return { kind: 'fenced' };
    case 'rejected':
      return { kind: 'failed', cause: event.cause };
    case 'away':
      return { ...state, target: state.target + 1, attempt: state.attempt + 1, cause: event.cause };
    default:
      throw illegal(state, event);
  }
}

function durable(state: Standing & { readonly plan: WritePlan }, generation: number): CommitState {
  const { plan } = state;
  return { kind: 'idle', generation, epoch: plan.epoch, ts: plan.ts, fold: foldAfter(plan, state.fold) };
}

function standing({ generation, epoch, ts, fold }: Standing): Standing {
  return { generation, epoch, ts, fold };
}

function illegal(state: CommitState, event: CommitEvent): Error {
  return new Error(`a commit that is ${state.kind} cannot meet "${event.kind}"`);
}
