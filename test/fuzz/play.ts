// Plays a script in memory: its tables to their ends, then the views over sources and the change logs of tables. Notes what the views
// held at some of the committed versions and at the end.

import { EMPTY_CATALOG } from '../../src/catalog/catalog.ts';
import type { WritePlan } from '../../src/epoch/write-plan.ts';
import { numberOf } from '../../src/pipeline/catalog-store.ts';
import { followsOf } from '../../src/pipeline/readers.ts';
import type { PipelinePlan, Submission } from '../../src/plan.ts';
import { planSubmission } from '../../src/plan.ts';
import type { Logs } from '../task/memory-input.ts';
import type { MemoryInputs } from '../task/memory-pipeline.ts';
import { Crash, Durable, MemoryPipeline } from '../task/memory-pipeline.ts';
import { seededRandom } from '../windows/seeded-random.ts';
import type { Version } from './history.ts';
import { History, TableHistory } from './history.ts';
import type { Script } from './script.ts';
import { statements } from './script.ts';

/** A restart that does not come to its end by then never will. */
const MAX_RUNS = 200;

export async function play(script: Script): Promise<readonly Version[]> {
  const player = new Player(script);
  const { catalog, tables, pipeline } = player.submission;
  const followed = new Set(followsOf(pipeline!.graph).map(({ viewId }) => viewId));
  const histories = new Map<number, TableHistory>();
  for (const table of tables) {
    const { id } = table.logical.roots[0]!;
    if (!followed.has(id)) continue;
    const history = new TableHistory();
    await player.run(table, { logs: script.logs, tables: new Map() }, history);
    histories.set(numberOf(id), history);
  }
  const history = new History(catalog, histories, player.random);
  const logs = new Map([...histories].map(([id, { parts }]) => [id, parts]));
  await player.run(pipeline!, { logs: script.logs, tables: logs }, history);
  return history.versions;
}

interface Witness {
  committed(plan: WritePlan): void;
}

class Player {
  readonly submission: Submission;
  readonly random: () => number;
  private readonly script: Script;
  private readonly clock: () => bigint;

  constructor(script: Script) {
    this.script = script;
    this.random = seededRandom(script.seed);
    this.clock = clockAmid(script.logs, this.random);
    // Constants that fail are seen when they are folded, and are refused however the script is played.
    const folded = planSubmission(statements(script), EMPTY_CATALOG);
    this.submission = script.optimize
      ? folded
      : planSubmission(statements(script), EMPTY_CATALOG, { optimize: false });
  }

  async run({ graph }: PipelinePlan, inputs: MemoryInputs, witness: Witness): Promise<void> {
    const { tasks, otherTasks = tasks, maxChunk, maxEpochBytes, crash, fold } = this.script;
    const { random, clock } = this;
    const pipeline = new MemoryPipeline(this.submission.catalog, graph, inputs);
    const durable = new Durable();
    const fate = (plan: WritePlan): 'commit' | 'crash' | 'lost' => {
      const dies = random() < crash;
      if (dies && random() < 0.5) return 'crash';
      witness.committed(plan);
      return dies ? 'lost' : 'commit';
    };
    const settings = { maxEpochBytes, tickMs: 1, ...(fold === undefined ? {} : { fold }) };
    for (let runs = 0; !durable.finished; runs++) {
      if (runs > MAX_RUNS) throw new Error('it does not finish');
      try {
        await pipeline.run(durable, {
          tasks: runs % 2 === 0 ? tasks : otherTasks,
          random,
          maxChunk,
          settings,
          clock,
          crash: fate,
        });
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
      }
    }
  }
}

const START = 1_700_000_000_000_000n;

/** Goes through the times that stand in the records while they are read. */
function clockAmid(logs: readonly Logs[], random: () => number): () => bigint {
  const records = logs.flat(2).length;
  let now = START - 2_000_000n;
  return () => {
    now += BigInt(Math.ceil((random() * 600_000 * Math.min(records, 40)) / 20));
    return now;
  };
}
