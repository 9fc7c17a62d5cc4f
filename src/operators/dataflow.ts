// The wired graph: pushes batches from scans through the operators to the ends (views, sinks), and steps all of them
// through the end of an epoch in topological order, with the watermark of each node = minimum over its inputs.

import type { Batch } from '../data/batch.ts';
import type { NodeId, PhysicalNode } from '../physical/graph.ts';
import type { Operator, Output, RowError } from './operator.ts';

/** Takes what arrives at a view or sink. */
export interface End {
  push(batch: Batch): void;
}

export interface ErrorSink {
  error(end: NodeId, error: RowError, diff: number): void;
}

/** A node with its operator; scans, unions and ends have none. */
export interface Station {
  readonly node: PhysicalNode;
  readonly operator: Operator | null;
  readonly end: End | null;
}

interface Wire {
  readonly to: number;
  readonly port: number;
}

export class Dataflow {
  private readonly stations: readonly Station[];
  private readonly wires: readonly (readonly Wire[])[];
  private readonly inputs: readonly (readonly number[])[];
  private readonly outputs: readonly Output[];
  private readonly watermarks: (bigint | null)[];
  /** Rows that left each station, for metrics and EXPLAIN ANALYZE. */
  readonly rowsOut: Float64Array;

  constructor(stations: readonly Station[], errors: ErrorSink) {
    this.stations = stations;
    const at = new Map(stations.map((station, i) => [station.node.id, i]));
    this.inputs = stations.map((station) => inputsOf(station.node).map((id) => at.get(id)!));
    this.wires = stations.map((_, from) =>
      this.inputs.flatMap((inputs, to) =>
        inputs.flatMap((input, port) => (input === from ? [{ to, port }] : [])),
      ),
    );
    this.watermarks = stations.map(() => null);
    this.rowsOut = new Float64Array(stations.length);
    this.outputs = stations.map((_, i) => {
      const end = this.endBelow(i);
      return {
        push: (batch) => this.pass(i, batch),
        error: (error, diff) => errors.error(end, error, diff),
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
    this.rowsOut[from] = this.rowsOut[from]! + batch.rows;
    for (const wire of this.wires[from]!) this.enter(wire.to, wire.port, batch);
  }

  private enter(i: number, port: number, batch: Batch): void {
    const station = this.stations[i]!;
    if (station.end !== null) station.end.push(batch);
    else if (station.operator !== null) station.operator.push(batch, port, this.outputs[i]!);
    else this.pass(i, batch);
  }

  /** A decoded batch of a scan. */
  push(scan: NodeId, batch: Batch): void {
    this.pass(
      this.stations.findIndex((station) => station.node.id === scan),
      batch,
    );
  }

  /** Ends the epoch; `closedThrough` gives the watermark of a scan (null: none yet). */
  endEpoch(closedThrough: (scan: NodeId) => bigint | null): void {
    for (let i = 0; i < this.stations.length; i++) {
      const { node, operator } = this.stations[i]!;
      const mark = node.kind === 'scan' ? closedThrough(node.id) : this.lowest(this.inputs[i]!);
      if (mark !== null && mark !== this.watermarks[i]) {
        this.watermarks[i] = mark;
        operator?.watermark?.(mark, this.outputs[i]!);
      }
      operator?.endEpoch?.(this.outputs[i]!);
    }
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

function inputsOf(node: PhysicalNode): readonly NodeId[] {
  switch (node.kind) {
    case 'scan':
      return [];
    case 'union':
      return node.inputs;
    default:
      return [node.input];
  }
}
