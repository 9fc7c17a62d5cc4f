// The replacements of this service: which there are, and for those that wait for their swap, whether it is time.
//
//   building ──▶ swap ──▶ kept ──▶ undoing ──▶ swap ──▶ kept        (hidden and shown have changed places)
//      │                   │          │
//      └───────────────────┴──────────┴──▶ over: what is hidden is dropped
//
// Every step is one transaction of Postgres, so whatever is killed, either version is whole, and the next start goes on from there.

import type { Catalog } from '../../catalog/catalog.ts';
import { renderError } from '../../errors.ts';
import type { Pool } from '../../postgres/pool.ts';
import { isTransient, sqlState } from '../../postgres/sql-errors.ts';
import { LOCK_NOT_AVAILABLE } from '../../views/view-tables.ts';
import type { Marks } from './behind.ts';
import { openTransactions } from './old-snapshots.ts';
import type { Replacement, ReplacementState } from './replacement-store.ts';
import { lockState, noteWaiting, readReplacements } from './replacement-store.ts';
import { swap, whatItWaitsFor } from './swap.ts';

export interface ReplacementsWorld {
  readonly pool: Pool;
  readonly catalog: () => Catalog;
  /** Between submissions. */
  readonly exclusively: <T>(run: () => Promise<T>) => Promise<T>;
  /** The names mean the other version, durably. Called exclusively. */
  readonly swapped: (replacement: number) => Promise<void>;
  readonly log: (level: 'info' | 'warn' | 'error', message: string, fields: Record<string, unknown>) => void;
}

const LOOK_EVERY_MS = 100;
/** After an attempt that did not get its locks, or that was refused. */
const REST_MS = 1000;

interface Waiting {
  readonly marks: Marks;
  /** Transactions that were open when it had caught up first; null: it has not. */
  before: ReadonlySet<string> | null;
  noted: string | null;
  restUntil: number;
}

export class Replacements {
  private readonly world: ReplacementsWorld;
  private readonly states = new Map<number, ReplacementState>();
  private readonly waiting = new Map<number, Waiting>();
  private readonly timer: NodeJS.Timeout;
  private looking: Promise<void> | null = null;

  private constructor(world: ReplacementsWorld, known: readonly Replacement[]) {
    this.world = world;
    for (const { id, state } of known) this.set(id, state);
    this.timer = setInterval(() => {
      this.looking ??= this.look().finally(() => (this.looking = null));
    }, LOOK_EVERY_MS);
  }

  static async open(world: ReplacementsWorld): Promise<Replacements> {
    return new Replacements(world, await readReplacements(world.pool));
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  state(id: number): ReplacementState | undefined {
    return this.states.get(id);
  }

  /** It waits for its swap. */
  isOpen(id: number): boolean {
    return this.waiting.has(id);
  }

  set(id: number, state: ReplacementState): void {
    this.states.set(id, state);
    if (state === 'kept') this.waiting.delete(id);
    else this.waiting.set(id, { marks: new Map(), before: null, noted: null, restUntil: 0 });
  }

  forget(ids: readonly number[]): void {
    for (const id of ids) {
      this.states.delete(id);
      this.waiting.delete(id);
    }
  }

  private async look(): Promise<void> {
    for (const [id, waiting] of this.waiting) {
      if (performance.now() < waiting.restUntil) continue;
      try {
        const reason = await this.attempt(id, waiting);
        if (reason !== null && this.isOpen(id)) await this.note(id, waiting, reason);
      } catch (error) {
        waiting.restUntil = performance.now() + REST_MS;
        if (isTransient(error)) continue;
        // Somebody must do something about it: until then the old version is served.
        this.world.log('warn', 'a replacement cannot be swapped', {
          replacement: id,
          error: renderError(error),
        });
        await this.note(id, waiting, renderError(error).split('\n')[0]!).catch(() => undefined);
      }
    }
  }

  /** null: it is swapped. */
  private async attempt(id: number, waiting: Waiting): Promise<string | null> {
    const { pool, catalog } = this.world;
    const reason = await pool.transaction(
      (connection) => whatItWaitsFor(connection, id, catalog(), waiting.marks),
      { isolation: 'repeatable read', readOnly: true },
    );
    if (reason !== null) return reason;
    const open = await openTransactions(pool);
    waiting.before ??= open;
    waiting.before = new Set([...waiting.before].filter((transaction) => open.has(transaction)));
    if (waiting.before.size > 0)
      return `${waiting.before.size} transactions that began before it was complete (pg_stat_activity has them)`;
    return this.world.exclusively(() => this.swap(id, waiting));
  }

  private async swap(id: number, waiting: Waiting): Promise<string | null> {
    if (!this.isOpen(id)) return null;
    const { pool, catalog } = this.world;
    try {
      await pool.transaction(async (connection) => {
        // The answer to an earlier COMMIT may have been lost.
        if ((await lockState(connection, id)) === 'kept') return;
        const reason = await swap(connection, id, catalog(), waiting.marks);
        if (reason !== null) throw new NotYet(reason);
      });
    } catch (error) {
      if (error instanceof NotYet) return error.message;
      if (sqlState(error) === LOCK_NOT_AVAILABLE) {
        waiting.restUntil = performance.now() + REST_MS;
        return 'sessions that have the view open (pg_locks has them)';
      }
      throw error;
    }
    this.set(id, 'kept');
    await this.world.swapped(id);
    return null;
  }

  private async note(id: number, waiting: Waiting, reason: string): Promise<void> {
    if (waiting.noted === reason) return;
    await noteWaiting(this.world.pool, id, reason);
    waiting.noted = reason;
  }
}

/** Rolls the transaction back. */
class NotYet extends Error {}
