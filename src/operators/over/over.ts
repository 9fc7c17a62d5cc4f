// Window functions: each row with values that its partition gives it. A partition is kept whole, in order. At the end of an epoch the
// values that can have changed are computed again, from the first change to the last and as far around them as the functions
// reach; a row goes out anew only where a value is another one.

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
import type { OverFunction, Stretch } from './over-function.ts';

const CHUNK = 1024;

export class OverOperator implements Operator {
  readonly table: RowTable;
  private readonly node: OverNode;
  private readonly rows: KeptRows;
  private readonly functions: readonly OverFunction[];
  private readonly changed: ChangedKeys;
  private readonly ordered: OrderedRows;
  private readonly output: OverOutput;
  private readonly touched = new Int32Array(CHUNK);
  private ids = new Int32Array(64);
  private recovered = false;

  constructor(node: OverNode, input: RowSchema) {
    this.node = node;
    const { fingerprint, partition, order } = node;
    this.rows = new KeptRows({ fingerprint, schema: input, keys: partition, payload: [], order });
    this.table = this.rows.table;
    this.functions = node.calls.map((call) => overFunction(call, this.rows));
    this.changed = new ChangedKeys(this.table);
    const { slots, shape } = this.table;
    this.ordered = new OrderedRows(
      orderComparison(
        slots,
        shape.schema,
        order.map((by) => ({ ...by, column: this.rows.placeOf(by.column) })),
      ),
    );
    this.output = new OverOutput(node.schema, input.length, (column) => this.rows.column(column));
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
    const stretches = this.stretches();
    for (const slot of this.changed.slots()) if ((flags[slot]! & LIVE) === 0) this.output.remove(slot, out);
    for (const [entry, stretch] of stretches) this.refresh(entry, stretch, out);
    this.changed.clear();
    this.output.flush(out);
    this.output.compact();
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
      if (!seen.has(entry)) this.refresh(entry, { from: 0, to: Infinity }, null);
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

  /** By partition: the places between which rows came and went. */
  private stretches(): Map<number, Stretch> {
    const order = this.table.orders[0]!;
    const { entryOf } = this.table.chains;
    const found = new Map<number, { from: number; to: number }>();
    for (const slot of this.changed.slots()) {
      const entry = entryOf[slot]!;
      const root = order.root(entry);
      const place = order.index.total(root) === 0 ? 0 : order.index.rank(root, slot);
      const stretch = found.get(entry);
      if (stretch === undefined) found.set(entry, { from: place, to: place + 1 });
      else {
        stretch.from = Math.min(stretch.from, place);
        stretch.to = Math.max(stretch.to, place + 1);
      }
    }
    return found;
  }

  /** `out` null: the rows are out with these values already. */
  private refresh(entry: number, changed: Stretch, out: Output | null): void {
    const order = this.table.orders[0]!;
    const root = order.root(entry);
    const { ordered } = this;
    ordered.fill(order, root, 0, 0);
    if (ordered.total === 0) return;
    const { total } = ordered;
    const reached = within(union(this.functions.map((f) => f.reach(changed, ordered))), total);
    const needed = within(union([reached, ...this.functions.map((f) => f.needs(reached, total))]), total);
    ordered.fill(order, root, needed.from, needed.to);
    this.compute(reached, out);
  }

  private compute(stretch: Stretch, out: Output | null): void {
    const { output, ordered } = this;
    const n = stretch.to - stretch.from;
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

function union(stretches: readonly Stretch[]): Stretch {
  return {
    from: Math.min(...stretches.map((stretch) => stretch.from)),
    to: Math.max(...stretches.map((stretch) => stretch.to)),
  };
}

function within({ from, to }: Stretch, total: number): Stretch {
  const first = Math.min(total, Math.max(0, from));
  return { from: first, to: Math.max(first, Math.min(total, to)) };
}
