// The wired graph: pushes batches from scans through the operators to the ends (views, sinks), and steps all of them
// through the end of an epoch in topological order, with the watermark of each node = minimum over its inputs. What lies behind
// exchanges ends later than what lies before them: the end comes level by level.

import type { Batch } from '../data/batch.ts';
import { inputIds } from '../physical/fuse.ts';
import type { NodeId, PhysicalGraph, PhysicalNode } from '../physical/graph.ts';
import type { Exchange } from './exchange.ts';
import { Meter } from './meter.ts';
import type { NodeFigures } from './meter.ts';
import type { Operator, Output, RowError } from './operator.ts';

/** Takes what arrives at a view or sink. */
export interface End {
  push(batch: Batch): void;
  /** No row with an event time below `micros` will come any more. */
  watermark?(micros: bigint): void;
}

export interface ErrorSink {
  error(end: NodeId, error: RowError, diff: number): void;
}

/** A node with its operator; scans, unions, exchanges and ends have none. */
export interface Station {
  readonly node: PhysicalNode;
  readonly operator: Operator | null;
  readonly end: End | null;
  readonly exchange?: Exchange;
}

interface Wire {
  readonly to: number;
  readonly port: number;
}

/** Rows that leave nodes, after which memory is looked at. */
const GROWTH_ROWS = 8192;

export class Dataflow {
  /** Called while rows pass, now and then: what it throws ends the epoch. */
  onGrowth: () => void = () => undefined;
  private sinceLook = 0;
  private readonly stations: readonly Station[];
  private readonly wires: readonly (readonly Wire[])[];
  private readonly inputs: readonly (readonly number[])[];
  private readonly outputs: readonly Output[];
  private readonly passing: readonly ((batch: Batch) => void)[];
  private readonly watermarks: (bigint | null)[];
  /** Level of each station; see Fragment. */
  private readonly levels: readonly number[];
  readonly levelCount: number;
  /** For metrics and EXPLAIN ANALYZE. */
  private readonly meter: Meter;

  constructor(graph: PhysicalGraph, stations: readonly Station[], errors: ErrorSink) {
    this.stations = stations;
    const at = new Map(stations.map((station, i) => [station.node.id, i]));
    this.inputs = stations.map((station) => inputIds(station.node).map((id) => at.get(id)!));
    this.levels = stations.map(
      ({ node }) => graph.fragments.find((fragment) => fragment.nodes.includes(node.id))!.level,
    );
    this.levelCount = 1 + Math.max(0, ...this.levels);
    this.wires = stations.map((_, from) =>
      this.inputs.flatMap((inputs, to) =>
        inputs.flatMap((input, port) => (input === from ? [{ to, port }] : [])),
      ),
    );
    this.watermarks = stations.map(() => null);
    this.meter = new Meter(stations.map(({ node }) => node.id));
    this.passing = stations.map((_, i) => (batch: Batch) => this.pass(i, batch));
    this.outputs = stations.map((_, i) => {
      const end = this.endBelow(i);
      return {
        push: (batch) => this.pass(i, batch),
        error: (error, diff) => {
          errors.error(end, error, diff);
          if (++this.sinceLook >= GROWTH_ROWS) this.look();
        },
      };
    });
  }

  /** The first view or sink that a station feeds: its errors are shown there. */
  private endBelow(from: number): NodeId {
    const station = this.stations[from]!;
    if (station.end !== null || this.wires[from]!.length === 0) return station.node.id;
    return this.endBelow(this.wires[from]![0]!.to);
  }

  private pass(from: number, batch: Batch): void {
    this.meter.gives(from, batch.rows);
    this.sinceLook += batch.rows;
    if (this.sinceLook >= GROWTH_ROWS) this.look();
    for (const wire of this.wires[from]!) this.enter(wire.to, wire.port, batch);
  }

  private look(): void {
    this.sinceLook = 0;
    this.onGrowth();
  }

  private enter(i: number, port: number, batch: Batch): void {
    const station = this.stations[i]!;
    this.meter.takes(i, batch.rows);
    const outer = this.meter.begin();
    const begun = performance.now();
    if (station.end !== null) station.end.push(batch);
    else if (station.operator !== null) station.operator.push(batch, port, this.outputs[i]!);
    else if (station.exchange !== undefined) station.exchange.push(batch, this.passing[i]!);
    else this.pass(i, batch);
    this.meter.end(i, begun, outer);
  }

  /** Rows that enter at a node: a decoded batch of a scan, or what other tasks sent to an exchange. */
  push(from: NodeId, batch: Batch): void {
    this.pass(this.placeOf(from), batch);
  }

  private placeOf(node: NodeId): number {
    return this.stations.findIndex((station) => station.node.id === node);
  }

  /** Work that is done for a node elsewhere: decoding for a scan, encoding for a view or sink. */
  timed<T>(node: NodeId, work: () => T): T {
    const outer = this.meter.begin();
    const begun = performance.now();
    const result = work();
    this.meter.end(this.placeOf(node), begun, outer);
    return result;
  }

  /**
   * Ends the epoch for one level, when all rows for it have come: levels 0 … levelCount − 1, in order. `closedThrough` gives the
   * watermark of a node without inputs (null: none yet), `ts` is the time of the epoch.
   */
  endLevel(level: number, closedThrough: (node: NodeId) => bigint | null, ts: bigint): void {
    for (let i = 0; i < this.stations.length; i++) {
      if (this.levels[i] !== level) continue;
      const { node, operator, end } = this.stations[i]!;
      const outer = this.meter.begin();
      const begun = performance.now();
      const mark = this.inputs[i]!.length === 0 ? closedThrough(node.id) : this.lowest(this.inputs[i]!);
      if (mark !== null && mark !== this.watermarks[i]) {
        this.watermarks[i] = mark;
        operator?.watermark?.(mark, this.outputs[i]!);
        end?.watermark?.(mark);
      }
      operator?.endEpoch?.(this.outputs[i]!, ts);
      this.meter.end(i, begun, outer);
    }
  }

  /** About how many rows one row of input becomes at present. */
  fanOut(): number {
    let rows = 1;
    for (const { operator } of this.stations) rows *= Math.max(1, operator?.fanOut?.() ?? 1);
    return rows;
  }

  /** When an epoch is due though no input comes, by the clock; null: never. */
  nextDeadline(): bigint | null {
    return earliest(this.stations.map(({ operator }) => operator?.nextDeadline?.() ?? null));
  }

  /** The event time at which the next open window closes, at the earliest; null: none is open. */
  nextClose(): bigint | null {
    return earliest(this.stations.map(({ operator }) => operator?.nextClose?.() ?? null));
  }

  /** What each node has done since the start. */
  figures(): readonly NodeFigures[] {
    return this.meter.figures();
  }

  private lowest(inputs: readonly number[]): bigint | null {
    let lowest: bigint | null = null;
    for (const input of inputs) {
      const mark = this.watermarks[input]!;
      if (mark === null) return null;
      if (lowest === null || mark < lowest) lowest = mark;
    }
    return lowest;
  }
}

export function earliest(times: readonly (bigint | null)[]): bigint | null {
  return times.reduce((a, b) => (a === null || (b !== null && b < a) ? b : a), null);
}
