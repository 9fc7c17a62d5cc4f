// Which pipelines of this process do not have all of their input yet: they load views of others, or are built beside what they
// replace. Asked of Postgres, where their positions are, and only while there may be such.

import type { Pool } from '../postgres/pool.ts';
import { numberOf } from './catalog-store.ts';

const ASK_EVERY_MS = 500;

export class Bootstraps {
  private readonly pool: Pool;
  /** Those that may be at it; null: not asked yet. */
  private readonly percents = new Map<string, number | null>();
  private timer: NodeJS.Timeout | null = null;
  private asking: Promise<void> = Promise.resolve();

  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** It has begun, and may have something to load. */
  expect(pipelineId: string): void {
    this.percents.set(pipelineId, null);
    this.timer ??= setInterval(() => {
      this.asking = this.asking.then(() => this.ask());
    }, ASK_EVERY_MS);
  }

  /** It is up to what it replaces. */
  over(pipelineId: string): void {
    this.percents.delete(pipelineId);
  }

  /** Percent of what it has to load or read; null: it has it. */
  percentOf(pipelineId: string): number | null {
    return this.percents.has(pipelineId) ? (this.percents.get(pipelineId) ?? 0) : null;
  }

  async close(): Promise<void> {
    this.rest();
    await this.asking;
  }

  private async ask(): Promise<void> {
    const asked = [...this.percents.keys()];
    if (asked.length === 0) return this.rest();
    try {
      const { rows } = await this.pool.query<{ id: bigint; percent: number }>(
        `SELECT id, percent FROM millrace.status WHERE id = ANY ($1::bigint[]) AND status = 'bootstrapping'`,
        [asked.map(numberOf)],
      );
      const found = new Map(rows.map(({ id, percent }) => [`p${id}`, percent]));
      for (const id of asked) {
        const percent = found.get(id);
        if (percent === undefined) this.percents.delete(id);
        else if (this.percents.has(id)) this.percents.set(id, percent);
      }
    } catch {
      // A database that is away is asked again.
    }
  }

  private rest(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }
}
