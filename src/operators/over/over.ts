// Window functions: each row with values that its partition gives it. A partition is kept whole, in order. At the end of an epoch the
// values that can have changed are computed again: around each row that came or went, as far as the functions reach. A row goes out
// anew only where a value is another one.

import type { Batch } from '../../data/batch.ts';
import type { RowFailure } from '../../data/failure.ts';
import type { RowSchema } from '../../data/types.ts';
import type { OverNode } from '../../physical/graph.ts';
import type { RowTable } from '../../state/row-table.ts';
import { orderComparison } from '../../state/order-code.ts';
import { LIVE } from '../../state/slots.ts';
import { ChangedKeys } from '../changed-keys.ts';
import { describeRow } from '../describe-row.ts';
import { KeptRows } from '../kept-rows.ts';
import type { Operator, Output, RowError } from '../operator.ts';
import { overFunction } from './functions.ts';
import { OrderedRows } from './ordered-rows.ts';
import { OverOutput } from './over-output.ts';
import type { NodeValues, OverFunction, Stretch } from './over-function.ts';
import { whole } from './over-function.ts';
import { RowChange } from './row-change.ts';
import { Stretches } from './stretches.ts';

const CHUNK = 1024;
/** Where more rows than this, and half of a partition, are others, all values are computed. */
const MANY = 64;

export class OverOperator implements Operator {
  readonly table: RowTable;
  private readonly node: OverNode;
  private readonly rows: KeptRows;
  private readonly functions: readonly OverFunction[];
  private readonly nodes: readonly NodeValues[];
  private readonly fresh = (ref: number): void => {
    for (const nodes of this.nodes) nodes.fresh(ref);
  };
  private readonly changed: ChangedKeys;
  private readonly ordered: OrderedRows;
  private readonly change: RowChange;
  private readonly output: OverOutput;
  private readonly touched = new Int32Array(CHUNK);
  private ids = new Int32Array(64);
  private recovered = false;
  /** Rows whose values were computed, in all. */
  computed = 0;

  constructor(node: OverNode, input: RowSchema) {
    this.node = node;
    const { fingerprint, partition, order } = node;
    this.rows = new KeptRows({ fingerprint, schema: input, keys: partition, payload: [], order });
    this.table = this.rows.table;
    this.changed = new ChangedKeys(this.table);
    const { slots, shape } = this.table;
    this.ordered = new OrderedRows(
      this.table.orders[0]!,
      orderComparison(
        slots,
        shape.schema,
        order.map((by) => ({ ...by, column: this.rows.placeOf(by.column) })),
      ),
    );
    this.change = new RowChange(this.ordered);
    this.output = new OverOutput(node.schema, input.length, (column) => this.rows.column(column));
    const shown = (slot: number): number => this.output.shownAs(slot);
    const window = { kept: this.rows, rows: this.ordered, order, shown };
    this.functions = node.calls.map((call) => overFunction(call, window));
    this.nodes = this.functions.flatMap(({ nodes }) => nodes ?? []);
  }

  push(batch: Batch): void {
    this.recover();
    for (let from = 0; from < batch.rows; from += CHUNK) {
      const to = Math.min(batch.rows, from + CHUNK);
      this.rows.add(batch, from, to, this.touched);
      for (let j = 0; j < to - from; j++) this.changed.note(this.touched[j]!);
    }
  }

  endEpoch(out: Output): void {
    this.recover();
    const { flags } = this.table.slots;
    for (const slot of this.changed.slots()) if ((flags[slot]! & LIVE) === 0) this.output.remove(slot, out);
    for (const [entry, changed] of this.changedRows()) this.refresh(entry, changed, out);
    this.changed.clear();
    this.output.flush(out);
    this.output.compact();
  }

  /** What is held beside the table: it follows from its rows. */
  bytes(): number {
    return this.nodes.reduce((sum, nodes) => sum + nodes.bytes(), this.output.bytes());
  }

  /** Values follow from the rows: what was out before a recovery is computed, and not emitted. */
  private recover(): void {
    if (this.recovered) return;
    this.recovered = true;
    const { slots, chains } = this.table;
    const seen = new Set<number>();
    for (let slot = 0; slot < slots.used; slot++) {
      if ((slots.flags[slot]! & LIVE) === 0) continue;
      const entry = chains.entryOf[slot]!;
      if (!seen.has(entry)) this.refresh(entry, null, null);
      seen.add(entry);
    }
  }

  private error(slot: number, call: number, failure: RowFailure): RowError {
    const { schema } = this.rows;
    const columns = schema.map((_, c) => this.rows.column(c));
    const { sqlstate, message } = failure;
    const expression = this.node.schema[schema.length + call]!.name;
    return {
      sqlstate,
      message,
      expression,
      row: describeRow({ schema, rows: 0, columns, diffs: null }, slot),
    };
  }

  /** By partition: the rows that came and went. */
  private changedRows(): Map<number, number[]> {
    const { entryOf } = this.table.chains;
    const found = new Map<number, number[]>();
    for (const slot of this.changed.slots()) {
      const rows = found.get(entryOf[slot]!);
      if (rows === undefined) found.set(entryOf[slot]!, [slot]);
      else rows.push(slot);
    }
    return found;
  }

  /** `changed` null: all rows. `out` null: the rows are out with these values already. */
  private refresh(entry: number, changed: readonly number[] | null, out: Output | null): void {
    const { ordered } = this;
    ordered.open(this.table.orders[0]!.root(entry));
    if (ordered.total === 0) return;
    for (const nodes of this.nodes) nodes.freshen();
    if (this.nodes.length > 0) ordered.freshen(this.fresh);
    const all = changed === null || (changed.length > MANY && changed.length * 2 > ordered.total);
    for (const stretch of all ? [whole(ordered.total)] : this.reached(changed)) this.compute(stretch, out);
  }

  private reached(changed: readonly number[]): readonly Stretch[] {
    const { ordered, change } = this;
    const stretches = new Stretches();
    for (const slot of changed) {
      change.set(slot, (this.table.slots.flags[slot]! & LIVE) !== 0);
      stretches.add(change, ordered.total);
      for (const f of this.functions) stretches.add(f.reach(change, ordered), ordered.total);
    }
    return stretches.apart();
  }

  private compute(stretch: Stretch, out: Output | null): void {
    const { output, ordered } = this;
    const n = stretch.to - stretch.from;
    this.computed += n;
    if (this.ids.length < n) this.ids = new Int32Array(Math.max(n, this.ids.length * 2));
    for (let i = 0; i < n; i++) this.ids[i] = output.results.take();
    const failures = new Map<number, RowError>();
    this.functions.forEach((f, j) =>
      f.compute(ordered, stretch, this.ids, output.results.columns[j]!, (place, failure) => {
        if (!failures.has(place)) failures.set(place, this.error(ordered.slot(place), j, failure));
      }),
    );
    for (let i = 0; i < n; i++) {
      const slot = ordered.slot(stretch.from + i);
      const failure = failures.get(stretch.from + i);
      if (failure !== undefined) {
        output.fail(slot, failure, out);
        output.results.drop(this.ids[i]!);
        continue;
      }
      if (out === null) output.adopt(slot, this.ids[i]!);
      else output.put(slot, this.ids[i]!, out);
    }
  }
}
