// Plays a script in memory and notes what the view held at some of the committed versions and at the end.

import type { Catalog } from '../../src/catalog/catalog.ts';
import type { MaterializedViewDef } from '../../src/catalog/definition.ts';
import { valueToText } from '../../src/data/text-forms.ts';
import type { WritePlan } from '../../src/epoch/write-plan.ts';
import { layoutOfView } from '../../src/pipeline/view-layouts.ts';
import { decodeChanges } from '../../src/views/change-log-codec.ts';
import { rowChanges } from '../../src/views/row-change.ts';
import { Crash, Durable, MemoryPipeline } from '../task/memory-pipeline.ts';
import { seededRandom } from '../windows/seeded-random.ts';
import type { Script } from './script.ts';

export interface Version {
  readonly epoch: number;
  /** By source, by partition: how many records belong to it. */
  readonly offsets: ReadonlyMap<string, number>;
  /** Places of the records that were late. */
  readonly late: readonly string[];
  /** How far windows are closed; null: not at all. */
  readonly closedThrough: bigint | null;
  readonly rows: readonly string[];
  /** Rows and groups that fail. */
  readonly errors: number;
}

/** A version of the first kind and about so many of the others are kept. */
const LOOK = 0.15;
/** A restart that does not come to its end by then never will. */
const MAX_RUNS = 200;

export function statements({ sources, query }: Script): string {
  return `${sources.join('\n')}\nCREATE MATERIALIZED VIEW v AS ${query};`;
}

export async function play(script: Script): Promise<readonly Version[]> {
  const random = seededRandom(script.seed);
  const pipeline = new MemoryPipeline(statements(script), script.logs, { optimize: script.optimize });
  const durable = new Durable();
  const history = new History(pipeline.catalog, random);
  const { tasks, maxChunk, maxEpochBytes, crash } = script;
  const fate = (plan: WritePlan): 'commit' | 'crash' | 'lost' => {
    const dies = random() < crash;
    if (dies && random() < 0.5) return 'crash';
    history.committed(plan);
    return dies ? 'lost' : 'commit';
  };
  for (let runs = 0; !durable.finished; runs++) {
    if (runs > MAX_RUNS) throw new Error('it does not finish');
    try {
      await pipeline.run(durable, { tasks, random, maxChunk, settings: { maxEpochBytes }, crash: fate });
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
  }
  return history.versions;
}

class History {
  readonly versions: Version[] = [];
  private readonly view: MaterializedViewDef;
  private readonly random: () => number;
  private readonly offsets = new Map<string, number>();
  private readonly late: string[] = [];
  private readonly rows = new Map<string, string>();
  private readonly watermarks = new Map<number, bigint | null>();
  private errors = 0;

  constructor(catalog: Catalog, random: () => number) {
    this.view = catalog.list().find((definition) => definition.kind === 'materialized view')!;
    this.random = random;
  }

  committed(plan: WritePlan): void {
    for (const { sourceId, partition, nextOffset } of plan.partitions)
      this.offsets.set(`${sourceId}:${partition}`, nextOffset);
    for (const { sourceId, watermark } of plan.sources) this.watermarks.set(sourceId, watermark);
    for (const { sourceId, partition, offset } of plan.lateRows)
      this.late.push(`${sourceId}:${partition}:${offset}`);
    for (const { weight } of plan.viewErrors) this.errors += weight;
    this.change(plan);
    if (plan.status === 'finished' || this.random() < LOOK) this.look(plan.epoch);
  }

  private change(plan: WritePlan): void {
    const layout = layoutOfView(this.view);
    for (const { bytes } of plan.changelog)
      for (const { key, after } of rowChanges(layout, decodeChanges(bytes, layout.schema))) {
        if (after === null) this.rows.delete(key);
        else
          this.rows.set(
            key,
            after
              .slice(0, layout.visible)
              .map((value, c) => printed(value, layout.schema[c]!))
              .join(' | '),
          );
      }
  }

  private look(epoch: number): void {
    // Of what is read; the others stay where they are.
    const read = new Set([...this.offsets.keys()].map((place) => Number(place.split(':')[0])));
    const closed = [...read].map((source) => this.watermarks.get(source) ?? null);
    const known = closed.length > 0 && closed.every((watermark) => watermark !== null);
    this.versions.push({
      epoch,
      offsets: new Map(this.offsets),
      late: [...this.late],
      closedThrough: known ? closed.reduce((low, next) => (next! < low! ? next : low))! : null,
      rows: [...this.rows.values()].sort(),
      errors: this.errors,
    });
  }
}

type Schema = ReturnType<typeof layoutOfView>['schema'];

function printed(value: Parameters<typeof valueToText>[0] | null, { type }: Schema[number]): string {
  return value === null ? 'NULL' : valueToText(value, type);
}
