// What was committed, version by version: of what others follow the change log, and how many records belong to each version; of views
// what they hold.

import type { MaterializedViewDef } from '../../src/catalog/definition.ts';
import { valueToText } from '../../src/data/text-forms.ts';
import { parseTimestamptz } from '../../src/data/time-text.ts';
import type { WritePlan } from '../../src/epoch/write-plan.ts';
import { numberOf } from '../../src/pipeline/catalog-store.ts';
import { layoutOfView } from '../../src/pipeline/view-layouts.ts';
import { decodeChanges } from '../../src/views/change-log-codec.ts';
import { rowChanges } from '../../src/views/row-change.ts';
import type { MemoryChanges } from '../task/memory-log.ts';

export interface Version {
  readonly epoch: number;
  readonly last: boolean;
  readonly ts: bigint;
  /** By source or table, by partition: how many records belong to it. */
  readonly offsets: ReadonlyMap<string, number>;
  /** Places of the records that were late. */
  readonly late: readonly string[];
  /** By name, with those of another pipeline as they were read. */
  readonly views: ReadonlyMap<string, Held>;
  /** The version of what is followed; undefined: nothing is, or nothing of it was read. */
  readonly below?: Version | undefined;
}

export interface Held {
  /** How far its windows are closed; null: not at all. */
  readonly closedThrough: bigint | null;
  readonly rows: readonly string[];
  /** What fails, as often as it does. */
  readonly errors: readonly string[];
}

/** Between what is said of something that fails and where it does. */
export const BEFORE_PLACE = ' in ';

/** A view of another pipeline, with all its versions. */
export interface Below {
  readonly viewId: number;
  readonly versions: readonly Version[];
}

export class LogHistory implements MemoryChanges {
  readonly parts: Uint8Array[][] = [];
  readonly watermarks: (bigint | null)[] = [];
  /** By epoch, as `offsets` of a version. */
  readonly offsets: ReadonlyMap<string, number>[] = [];

  committed({ changelog, partitions, views }: WritePlan): void {
    this.parts.push(changelog.map(({ bytes }) => bytes));
    const marks = views.flatMap(({ steps }) =>
      steps.flatMap((step) =>
        step.kind === 'sql' && step.name === 'millrace_view_watermark' ? [step.values[1]] : [],
      ),
    );
    const mark = marks.at(-1);
    this.watermarks.push(
      typeof mark === 'string' ? parseTimestamptz(mark) : (this.watermarks.at(-1) ?? null),
    );
    const offsets = new Map(this.offsets.at(-1));
    for (const { sourceId, partition, nextOffset } of partitions)
      offsets.set(`${sourceId}:${partition}`, nextOffset);
    this.offsets.push(offsets);
  }
}

export class History {
  readonly versions: Version[] = [];
  private readonly views: ReadonlyMap<number, ViewHistory>;
  private readonly tables: ReadonlyMap<number, LogHistory>;
  private readonly looks: () => boolean;
  private readonly below: Below | null;
  private readonly offsets = new Map<string, number>();
  private readonly late: string[] = [];
  private readonly watermarks = new Map<number, bigint | null>();

  /** `looks`: whether a version that is not the last is kept. */
  constructor(
    views: readonly MaterializedViewDef[],
    tables: ReadonlyMap<number, LogHistory>,
    looks: () => boolean,
    below: Below | null,
  ) {
    this.views = new Map(views.map((view) => [numberOf(view.id), new ViewHistory(view)]));
    this.tables = tables;
    this.looks = looks;
    this.below = below;
  }

  committed(plan: WritePlan): void {
    for (const { sourceId, partition, nextOffset } of plan.partitions)
      this.offsets.set(`${sourceId}:${partition}`, nextOffset);
    for (const { sourceId, watermark } of plan.sources) this.watermarks.set(sourceId, watermark);
    for (const { sourceId, partition, offset } of plan.lateRows)
      this.late.push(`${sourceId}:${partition}:${offset}`);
    for (const { viewId, bytes } of plan.changelog) this.views.get(viewId)!.change(bytes);
    for (const { viewId, message, expression, row, weight } of plan.viewErrors)
      this.views.get(viewId)!.fail(`${message}${BEFORE_PLACE}${expression} of ${row}`, weight);
    const last = plan.status === 'finished';
    if (last || this.looks()) this.look(plan, last);
  }

  private look({ epoch, ts }: WritePlan, last: boolean): void {
    const below = this.readBelow();
    this.versions.push({
      epoch,
      last,
      ts,
      offsets: this.recordOffsets(),
      late: [...this.late],
      views: new Map([
        ...(below?.views ?? []),
        ...[...this.views.values()].map((view) => [view.name, view.held(this.watermarks)] as const),
      ]),
      below,
    });
  }

  private readBelow(): Version | undefined {
    const { below } = this;
    if (below === null) return undefined;
    return below.versions[(this.offsets.get(`${below.viewId}:0`) ?? 1) - 2];
  }

  /** A version of a table's change log is so many of its records. */
  private recordOffsets(): ReadonlyMap<string, number> {
    return new Map(
      [...this.offsets].flatMap(([place, next]) => {
        const table = this.tables.get(Number(place.split(':')[0]));
        return table === undefined ? [[place, next] as const] : [...(table.offsets[next - 2] ?? [])];
      }),
    );
  }
}

class ViewHistory {
  readonly name: string;
  private readonly layout;
  /** Numbers of what it reads, beside functions. */
  private readonly reads: readonly number[];
  private readonly rows = new Map<string, string>();
  private readonly errors = new Map<string, number>();

  constructor(view: MaterializedViewDef) {
    this.name = view.name;
    this.layout = layoutOfView(view);
    this.reads = view.dependsOn.filter((id) => !id.startsWith('f')).map(numberOf);
  }

  change(bytes: Uint8Array): void {
    const { layout, rows } = this;
    for (const { key, after } of rowChanges(layout, decodeChanges(bytes, layout.schema))) {
      if (after === null) rows.delete(key);
      else
        rows.set(
          key,
          after
            .slice(0, layout.visible)
            .map((value, c) => (value === null ? 'NULL' : valueToText(value, layout.schema[c]!.type)))
            .join(' | '),
        );
    }
  }

  fail(what: string, weight: number): void {
    const after = (this.errors.get(what) ?? 0) + weight;
    if (after === 0) this.errors.delete(what);
    else this.errors.set(what, after);
  }

  held(watermarks: ReadonlyMap<number, bigint | null>): Held {
    const closed = this.reads.map((source) => watermarks.get(source) ?? null);
    const errors = [...this.errors].flatMap(([what, times]) => {
      if (times < 0) throw new Error(`fails less often than never: ${what}`);
      return Array<string>(times).fill(what);
    });
    return {
      closedThrough: closed.includes(null)
        ? null
        : closed.reduce((low, next) => (next! < low! ? next : low))!,
      rows: [...this.rows.values()].sort(),
      errors: errors.sort(),
    };
  }
}
