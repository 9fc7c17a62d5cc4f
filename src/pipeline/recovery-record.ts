// How far a pipeline is with reading a large state back, in the log and in its row, for psql and `millrace status`. What is read in no
// time is not told. Best effort, like what is recorded of its life.

import type { RecoveryProgress } from '../task/recovery.ts';
import type { StatusWorld } from './pipeline-status.ts';

/** Recovery that takes less is not told of. */
const FIRST_MS = 500;
const EVERY_MS = 1000;

export class RecoveryRecord {
  private readonly world: StatusWorld;
  private readonly pipelineId: number;
  private readonly name: string;
  private readonly since = performance.now();
  private due: number;
  private last: RecoveryProgress | null = null;
  private writing: Promise<void> | null = null;
  private busy = false;

  constructor(world: StatusWorld, pipelineId: number, name: string, firstMs = FIRST_MS) {
    this.due = this.since + firstMs;
    this.world = world;
    this.pipelineId = pipelineId;
    this.name = name;
  }

  tell(progress: RecoveryProgress): void {
    this.last = progress;
    const now = performance.now();
    if (now < this.due) return;
    this.due = now + EVERY_MS;
    const { doneBytes, totalBytes } = progress;
    this.say(`reads its state back: ${megabytes(doneBytes)} of ${megabytes(totalBytes)} MB`, progress);
    if (this.busy) return;
    this.busy = true;
    this.writing = this.write(doneBytes, totalBytes).finally(() => (this.busy = false));
  }

  /** The state is there, or reading it has failed. */
  async end(): Promise<void> {
    if (this.last === null) return;
    const { doneBytes, totalBytes } = this.last;
    const ms = Math.round(performance.now() - this.since);
    if (doneBytes === totalBytes)
      this.say(`has read its state back: ${megabytes(totalBytes)} MB in ${ms} ms`, this.last);
    if (this.writing === null) return;
    await this.writing;
    await this.write(null, null);
  }

  private say(what: string, progress: RecoveryProgress): void {
    this.world.log('info', `pipeline ${this.name} ${what}`, { pipeline: this.pipelineId, ...progress });
  }

  private async write(done: number | null, total: number | null): Promise<void> {
    try {
      await this.world.pool.query(
        'UPDATE millrace.pipelines SET recovered = $2, recovery_total = $3 WHERE id = $1',
        [this.pipelineId, done, total],
      );
    } catch (error) {
      this.world.log('warn', 'how far a recovery is could not be recorded', { error: String(error) });
    }
  }
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
