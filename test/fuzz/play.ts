// Plays a script in memory: its tables to their ends, then the views over sources and the change logs of what they follow. Notes what
// the views held at some of the committed versions and at the end.

import type { Catalog } from '../../src/catalog/catalog.ts';
import { EMPTY_CATALOG } from '../../src/catalog/catalog.ts';
import type { MaterializedViewDef } from '../../src/catalog/definition.ts';
import type { WritePlan } from '../../src/epoch/write-plan.ts';
import { numberOf } from '../../src/pipeline/catalog-store.ts';
import { followsOf } from '../../src/pipeline/readers.ts';
import type { PipelinePlan, Submission } from '../../src/plan.ts';
import { planSubmission } from '../../src/plan.ts';
import type { Logs } from '../task/memory-input.ts';
import type { MemoryInputs } from '../task/memory-pipeline.ts';
import { Crash, Durable, MemoryPipeline } from '../task/memory-pipeline.ts';
import { seededRandom } from '../windows/seeded-random.ts';
import type { Below, Version } from './history.ts';
import { History, LogHistory } from './history.ts';
import type { Script } from './script.ts';
import { submissions } from './script.ts';

/** A restart that does not come to its end by then never will. */
const MAX_RUNS = 200;

/** About so many of the versions are looked at. */
const LOOK = 0.15;

/** Gives the last version and some before it: as many of them as `look` says. */
export async function play(script: Script, look = LOOK): Promise<readonly Version[]> {
  const player = new Player(script);
  const { planned, catalog } = player;
  const graphs = planned.map(({ pipeline }) => pipeline!.graph);
  const followed = new Set(graphs.flatMap(followsOf).map(({ viewId }) => viewId));
  const histories = new Map<number, LogHistory>();
  for (const table of planned[0]!.tables) {
    const { id } = table.logical.roots[0]!;
    if (!followed.has(id)) continue;
    const history = new LogHistory();
    await player.run(table, player.inputs(new Map()), history);
    histories.set(numberOf(id), history);
  }
  const views = catalog.list().filter((definition) => definition.kind === 'materialized view');
  if (planned.length === 1) return playViews(player, planned[0]!, views, histories, null, look);
  const [under, above] = views as [MaterializedViewDef, MaterializedViewDef];
  const viewId = numberOf(under.id);
  const log = new LogHistory();
  const all = new History([under], histories, () => true, null);
  await player.run(planned[0]!.pipeline!, player.inputs(histories), {
    committed: (plan) => {
      log.committed(plan);
      all.committed(plan);
    },
  });
  const logs = new Map([...histories, [viewId, log] as const]);
  return playViews(player, planned[1]!, [above], logs, { viewId, versions: all.versions }, look);
}

async function playViews(
  player: Player,
  { pipeline }: Submission,
  views: readonly MaterializedViewDef[],
  logs: ReadonlyMap<number, LogHistory>,
  below: Below | null,
  look: number,
): Promise<readonly Version[]> {
  const records = new Map([...logs].filter(([id]) => id !== below?.viewId));
  const history = new History(views, records, () => player.random() < look, below);
  await player.run(pipeline!, player.inputs(logs), history);
  return history.versions;
}

interface Witness {
  committed(plan: WritePlan): void;
}

class Player {
  readonly planned: readonly Submission[];
  readonly catalog: Catalog;
  readonly random: () => number;
  private readonly script: Script;
  private readonly clock: () => bigint;

  constructor(script: Script) {
    this.script = script;
    this.random = seededRandom(script.seed);
    this.clock = clockAmid(script.logs, this.random);
    // Constants that fail are seen when they are folded, and are refused however the script is played.
    const folded = planned(script, true);
    this.planned = script.optimize ? folded : planned(script, false);
    this.catalog = this.planned.at(-1)!.catalog;
  }

  inputs(tables: ReadonlyMap<number, LogHistory>): MemoryInputs {
    return { logs: this.script.logs, tables };
  }

  async run({ graph }: PipelinePlan, inputs: MemoryInputs, witness: Witness): Promise<void> {
    const { tasks, otherTasks = tasks, maxChunk, maxEpochBytes, crash, fold } = this.script;
    const { random, clock } = this;
    const pipeline = new MemoryPipeline(this.catalog, graph, inputs);
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

function planned(script: Script, optimize: boolean): readonly Submission[] {
  let catalog = EMPTY_CATALOG;
  return submissions(script).map((text) => {
    const submission = planSubmission(text, catalog, { optimize });
    ({ catalog } = submission);
    return submission;
  });
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
