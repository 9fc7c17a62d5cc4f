// One view of a source, or of several, run in memory from its text: rows in, epochs, restarts from what the epochs wrote, the view's rows out. The
// lateness of rows is the test's affair: it hands in what is on time.

import { EMPTY_CATALOG } from '../../src/catalog/catalog.ts';
import type { Batch } from '../../src/data/batch.ts';
import { newBatch } from '../../src/data/batch.ts';
import { valueToText } from '../../src/data/text-forms.ts';
import type { Value } from '../../src/data/value.ts';
import { setValue, valueAt } from '../../src/data/value.ts';
import { compileGraph } from '../../src/operators/compile.ts';
import type { Dataflow } from '../../src/operators/dataflow.ts';
import { PassingExchange } from '../../src/operators/exchange.ts';
import type { MaterializeNode, PhysicalGraph, ScanNode } from '../../src/physical/graph.ts';
import { planSubmission } from '../../src/plan.ts';
import { StateKeeper } from '../../src/task/state-keeper.ts';
import { MemoryState } from './memory-state.ts';

export type Row = Readonly<Record<string, Value>>;

export class ViewRun {
  readonly graph: PhysicalGraph;
  readonly state = new MemoryState();
  /** Rows of the view with their weights. */
  readonly weights = new Map<string, number>();
  /** View errors by message, with their weights. */
  readonly errors = new Map<string, number>();
  /** Changes that reached the view. */
  pushed = 0;
  private readonly scans: readonly ScanNode[];
  private readonly view: MaterializeNode;
  private dataflow!: Dataflow;
  private keeper!: StateKeeper;
  private epoch = 0;
  private readonly offsets = new Map<ScanNode, number>();

  /** `sql`: sources, then one materialized view. */
  constructor(sql: string, options: { readonly optimize?: boolean } = {}) {
    this.graph = planSubmission(sql, EMPTY_CATALOG, options).pipeline!.graph;
    this.scans = this.graph.nodes.filter((node): node is ScanNode => node.kind === 'scan');
    this.view = this.graph.nodes.find((node): node is MaterializeNode => node.kind === 'materialize')!;
    this.compile();
  }

  private compile(): void {
    const { dataflow, tables } = compileGraph(this.graph, {
      end: () => ({ push: (batch) => this.collect(batch) }),
      errors: { error: (_end, { message, row }, diff) => add(this.errors, `${message}: ${row}`, diff) },
      exchange: (node) => new PassingExchange(node),
      isFirst: true,
    });
    this.dataflow = dataflow;
    this.keeper = new StateKeeper(0, tables);
  }

  private collect(batch: Batch): void {
    this.pushed += batch.rows;
    for (let i = 0; i < batch.rows; i++) {
      const cells = batch.columns.slice(0, this.view.visible).map((column, c) => {
        const value = valueAt(column, i, batch.schema[c]!.type);
        return value === null ? 'NULL' : valueToText(value, batch.schema[c]!.type);
      });
      add(this.weights, cells.join(' | '), batch.diffs === null ? 1 : batch.diffs[i]!);
    }
  }

  private scanOf(source: string | undefined): ScanNode {
    const found = this.scans.find((scan) => source === undefined || scan.sourceName === source);
    if (found === undefined) throw new Error(`nothing reads ${source}`);
    return found;
  }

  /** `source` may be left out where there is one. */
  push(rows: readonly Row[], source?: string): void {
    const scan = this.scanOf(source);
    const { schema, system } = scan;
    const offset = this.offsets.get(scan) ?? 0;
    const batch = newBatch(schema, rows.length);
    const declared = schema.length - system.length;
    rows.forEach((row, i) => {
      schema.forEach((field, c) => {
        const which = c < declared ? undefined : system[c - declared];
        const value = which === 'partition' ? 0 : which === 'offset' ? BigInt(offset + i) : row[field.name]!;
        setValue(batch.columns[c]!, i, value);
      });
    });
    batch.rows = rows.length;
    this.offsets.set(scan, offset + rows.length);
    if (rows.length > 0) this.dataflow.push(scan.id, batch);
  }

  /** The watermark: of all sources, or by name. */
  endEpoch(
    closedThrough: bigint | null | ReadonlyMap<string, bigint | null>,
    ts = BigInt(this.epoch + 1),
  ): void {
    this.epoch++;
    const names = new Map(this.scans.map(({ id, sourceName }) => [id, sourceName]));
    const through = (id: number): bigint | null =>
      typeof closedThrough === 'bigint' ? closedThrough : (closedThrough?.get(names.get(id)!) ?? null);
    for (let level = 0; level < this.dataflow.levelCount; level++) this.dataflow.endLevel(level, through, ts);
    this.state.add(this.epoch, this.keeper.endEpoch(this.epoch));
  }

  /** A new task that knows what the epochs wrote. */
  async restart(): Promise<void> {
    this.compile();
    await this.keeper.recover(this.state.contents());
  }

  nextDeadline(): bigint | null {
    return this.dataflow.nextDeadline();
  }

  stateBytes(): number {
    return this.keeper.bytes();
  }

  stateKeys(): number {
    return this.keeper.keys();
  }

  /** A row as often as its weight says. */
  rows(): string[] {
    const rows = [...this.weights].flatMap(([row, weight]) => {
      if (weight < 0) throw new Error(`weight ${weight} of ${row}`);
      return new Array<string>(weight).fill(row);
    });
    return rows.sort();
  }
}

function add(weights: Map<string, number>, key: string, diff: number): void {
  const weight = (weights.get(key) ?? 0) + diff;
  if (weight === 0) weights.delete(key);
  else weights.set(key, weight);
}
