// Deaths of a pipeline at chosen moments: between commits, before one, inside its transaction, behind it with the answer lost, and while
// the state is read back. After each the pipeline has nothing but what Postgres holds.

import type { SourceReader } from '../../src/connectors/source.ts';
import type { CommitOutcome, CommitPort } from '../../src/epoch/commit-port.ts';
import type { CommitStep } from '../../src/epoch/commit-steps.ts';
import type { BurstStatement } from '../../src/postgres/burst.ts';
import { PostgresPort } from '../../src/epoch/postgres-port.ts';
import { statementsOf } from '../../src/epoch/step-sql.ts';

export type Moment = 'reading' | 'before' | 'within' | 'behind' | 'recovering';

export const FIVE_KILLS: readonly Moment[] = ['before', 'within', 'recovering', 'behind', 'reading'];

/** Commits that succeed between one death and the next. */
const COMMITS_BETWEEN = 2;

export class Killed extends Error {}

export class Kills {
  private readonly planned: Moment[];
  private calm = COMMITS_BETWEEN;
  readonly done: Moment[] = [];

  constructor(planned: readonly Moment[]) {
    this.planned = [...planned];
  }

  /** Is this the moment of the next death? Where it is, the caller dies. */
  due(moment: Moment): boolean {
    // The state is read back only after a death, which it then follows at once.
    if (this.planned[0] !== moment || (this.calm > 0 && moment !== 'recovering')) return false;
    this.done.push(this.planned.shift()!);
    this.calm = COMMITS_BETWEEN;
    return true;
  }

  committed(): void {
    this.calm--;
  }
}

export function mortalReader(reader: SourceReader, kills: Kills): SourceReader {
  const take = reader.take.bind(reader);
  reader.take = () => {
    if (kills.due('reading')) throw new Killed('while reading');
    return take();
  };
  return reader;
}

const DEATH: BurstStatement = {
  kind: 'sql',
  name: '',
  text: 'SELECT pg_terminate_backend(pg_backend_pid())',
  values: [],
};

export function mortalPort(url: string, pipelineId: number, signal: AbortSignal, kills: Kills): CommitPort {
  let dying = false;
  const port = new PostgresPort({
    url,
    pipelineId,
    signal,
    // Everything of the epoch is in the transaction; then its backend ends.
    spell: (step, id) =>
      dying && step.kind === 'commit' ? [DEATH, ...statementsOf(step, id)] : statementsOf(step, id),
  });
  const { commit, readSegments, takeOver } = port;
  port.commit = async (steps: readonly CommitStep[]): Promise<CommitOutcome> => {
    if (kills.due('before')) throw new Killed('before a commit');
    const behind = kills.due('behind');
    dying = kills.due('within');
    const outcome = await commit.call(port, steps);
    if (dying && outcome.kind !== 'broken') throw new Error(`a commit without a backend is ${outcome.kind}`);
    if (behind || dying) throw new Killed(behind ? 'behind a commit' : 'within a commit');
    if (outcome.kind === 'committed') kills.committed();
    return outcome;
  };
  port.takeOver = async (writer) => {
    const taken = await takeOver.call(port, writer);
    // What has no state reads none.
    if (taken.manifest.length === 0 && kills.due('recovering')) throw new Killed('while recovering');
    return taken;
  };
  port.readSegments = (manifest) => {
    if (kills.due('recovering')) throw new Killed('while recovering');
    return readSegments.call(port, manifest);
  };
  return port;
}
