// The sending side of an exchange between several tasks: hashes the rows of a batch, passes on those that stay, and writes the others
// into one buffer per task, which go out when they are full or the sender pauses.

import type { Batch } from '../data/batch.ts';
import { newBatch } from '../data/batch.ts';
import { ByteWriter } from '../data/binary-format.ts';
import { gatherBatch } from '../data/gather.ts';
import type { Exchange } from '../operators/exchange.ts';
import { pickColumns } from '../operators/exchange.ts';
import type { HashRows } from '../operators/hash-rows.ts';
import { compileHashRows } from '../operators/hash-rows.ts';
import type { ExchangeNode } from '../physical/graph.ts';
import { writeRows } from './exchange-codec.ts';
import { ownersOf } from '../state/key-groups.ts';

/** Large enough that a message costs little per row. */
const SEND_BYTES = 128 * 1024;

export type Send = (to: number, bytes: Uint8Array<ArrayBuffer>, rows: number) => void;

interface Outgoing {
  readonly writer: ByteWriter;
  rows: number;
}

export class RoutingExchange implements Exchange {
  private readonly node: ExchangeNode;
  private readonly task: number;
  private readonly send: Send;
  private readonly owners: Uint8Array;
  private readonly hash: HashRows | null;
  private readonly picked: Batch;
  private readonly staying: Batch;
  private readonly outgoing: readonly Outgoing[];
  private groups = new Uint8Array(0);
  private readonly chosen: Int32Array[];
  private readonly counts: Int32Array;

  constructor(node: ExchangeNode, task: number, tasks: number, send: Send) {
    this.node = node;
    this.task = task;
    this.send = send;
    this.owners = ownersOf(tasks);
    this.hash = node.by === null ? null : compileHashRows(node.by.map((column) => node.schema[column]!));
    this.picked = { schema: node.schema, rows: 0, columns: [], diffs: null };
    this.staying = newBatch(node.schema, 0);
    this.outgoing = Array.from({ length: tasks }, () => ({ writer: new ByteWriter(1024), rows: 0 }));
    this.chosen = Array.from({ length: tasks }, () => new Int32Array(0));
    this.counts = new Int32Array(tasks);
  }

  push(batch: Batch, pass: (batch: Batch) => void): void {
    pickColumns(batch, this.node.columns, this.picked);
    this.choose(this.picked);
    for (let to = 0; to < this.counts.length; to++) {
      const n = this.counts[to]!;
      if (n === 0 || to === this.task) continue;
      const out = this.outgoing[to]!;
      writeRows(out.writer, this.picked, this.chosen[to]!, n);
      out.rows += n;
      if (out.writer.length >= SEND_BYTES) this.flushTo(to);
    }
    const stay = this.counts[this.task]!;
    if (stay === batch.rows) pass(this.picked);
    else if (stay > 0) {
      gatherBatch(this.picked, this.chosen[this.task]!, stay, this.staying);
      pass(this.staying);
    }
  }

  /** Which rows go where. */
  private choose(batch: Batch): void {
    const { rows } = batch;
    const { counts, chosen, owners } = this;
    if (this.groups.length < rows) {
      this.groups = new Uint8Array(rows * 2);
      for (let to = 0; to < chosen.length; to++) chosen[to] = new Int32Array(rows * 2);
    }
    counts.fill(0);
    if (this.hash === null) this.groups.fill(0, 0, rows);
    else this.hash(this.keys(batch), rows, this.groups);
    for (let i = 0; i < rows; i++) {
      const to = owners[this.groups[i]!]!;
      const at = counts[to]!;
      chosen[to]![at] = i;
      counts[to] = at + 1;
    }
  }

  private keys(batch: Batch) {
    return this.node.by!.map((column) => batch.columns[column]!);
  }

  flush(): void {
    for (let to = 0; to < this.outgoing.length; to++) if (this.outgoing[to]!.rows > 0) this.flushTo(to);
  }

  private flushTo(to: number): void {
    const out = this.outgoing[to]!;
    const { rows } = out;
    const bytes = out.writer.finish().slice();
    out.writer.reset();
    out.rows = 0;
    this.send(to, bytes, rows);
  }
}
