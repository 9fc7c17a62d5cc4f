// What the nodes of a dataflow have done since it was made: rows in and out, batches, and the time in which each of them ran, without
// what it called. Counted once per batch, always: two readings of the clock a node, which is nothing beside a thousand rows. It is the
// clock's time, so on a busy machine it counts what else ran meanwhile.

import type { NodeId } from '../physical/graph.ts';

export interface NodeFigures {
  readonly node: NodeId;
  readonly rowsIn: number;
  readonly rowsOut: number;
  /** That left it. */
  readonly batches: number;
  readonly busyMs: number;
}

export class Meter {
  private readonly nodes: readonly NodeId[];
  private readonly rowsIn: Float64Array;
  private readonly rowsOut: Float64Array;
  private readonly batches: Float64Array;
  private readonly busyMs: Float64Array;
  /** Time of what was called by the one that runs. */
  private within = 0;

  constructor(nodes: readonly NodeId[]) {
    this.nodes = nodes;
    this.rowsIn = new Float64Array(nodes.length);
    this.rowsOut = new Float64Array(nodes.length);
    this.batches = new Float64Array(nodes.length);
    this.busyMs = new Float64Array(nodes.length);
  }

  /** Rows reach a node, by its place. */
  takes(place: number, rows: number): void {
    this.rowsIn[place] = this.rowsIn[place]! + rows;
  }

  /** A batch leaves it. */
  gives(place: number, rows: number): void {
    this.rowsOut[place] = this.rowsOut[place]! + rows;
    this.batches[place] = this.batches[place]! + 1;
  }

  /** A node begins to run; `end` wants what this gives. */
  begin(): number {
    const outer = this.within;
    this.within = 0;
    return outer;
  }

  end(place: number, begun: number, outer: number): void {
    const took = performance.now() - begun;
    this.busyMs[place] = this.busyMs[place]! + took - this.within;
    this.within = outer + took;
  }

  figures(): readonly NodeFigures[] {
    return this.nodes.map((node, i) => ({
      node,
      rowsIn: this.rowsIn[i]!,
      rowsOut: this.rowsOut[i]!,
      batches: this.batches[i]!,
      busyMs: this.busyMs[i]!,
    }));
  }
}
