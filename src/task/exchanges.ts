// All exchanges of one task among several: what it sends, with a bound on what the others have not taken yet, and what was sent to
// it, in queues by exchange and sender. Rows of an epoch that has not begun here wait in their queue.
//
// No circle of waiting: rows of an exchange are taken when everything behind it has room, and what lies behind the last exchange
// always has. At the end of an epoch nothing waits for room: what an epoch changed has to go.

import type { Batch } from '../data/batch.ts';
import type { Exchange } from '../operators/exchange.ts';
import type { ExchangeNode, NodeId, PhysicalGraph } from '../physical/graph.ts';
import { readRows } from './exchange-codec.ts';
import type { PeerMessage, Peers } from './messages.ts';
import { RoutingExchange } from './routing-exchange.ts';

export interface ExchangeOptions {
  readonly task: number;
  readonly tasks: number;
  readonly peers: Peers;
  /** Bytes of one exchange on their way to one task, above which no more is taken that leads there. */
  readonly maxQueuedBytes: number;
  /** The epoch that runs. */
  readonly epoch: number;
  /** Called when there is something to take, or room again. */
  readonly arrived: () => void;
}

type Queued = Exclude<PeerMessage, { kind: 'taken' }>;

interface Line {
  readonly node: ExchangeNode;
  readonly level: number;
  readonly routing: RoutingExchange;
  /** By task: sent, and not yet taken there. */
  readonly underWay: Float64Array;
  /** By task: what it sent to us. */
  readonly queues: readonly Queued[][];
  /** By task: the last epoch of which it has sent everything, and we have taken it. */
  readonly complete: Float64Array;
  rowsSent: number;
}

export class Exchanges {
  private readonly options: ExchangeOptions;
  private readonly lines = new Map<NodeId, Line>();
  private epoch: number;

  constructor(graph: PhysicalGraph, options: ExchangeOptions) {
    this.options = options;
    this.epoch = options.epoch;
    for (const { level, nodes } of graph.fragments)
      for (const id of nodes) {
        const node = graph.nodes[id - 1]!;
        if (node.kind === 'exchange') this.lines.set(id, this.newLine(node, level));
      }
    options.peers.listen((message) => {
      this.receive(message);
      options.arrived();
    });
  }

  private newLine(node: ExchangeNode, level: number): Line {
    const line: Line = {
      node,
      level,
      routing: new RoutingExchange(node, this.options.task, this.options.tasks, (to, bytes, rows) =>
        this.send(line, to, bytes, rows),
      ),
      underWay: new Float64Array(this.options.tasks),
      queues: Array.from({ length: this.options.tasks }, () => []),
      complete: new Float64Array(this.options.tasks).fill(this.epoch - 1),
      rowsSent: 0,
    };
    return line;
  }

  exchange(node: ExchangeNode): Exchange {
    return this.lines.get(node.id)!.routing;
  }

  private send(line: Line, to: number, bytes: Uint8Array<ArrayBuffer>, rows: number): void {
    line.underWay[to]! += bytes.byteLength;
    line.rowsSent += rows;
    this.options.peers.post(to, {
      kind: 'rows',
      from: this.options.task,
      exchange: line.node.id,
      epoch: this.epoch,
      bytes,
    });
  }

  private receive(message: PeerMessage): void {
    const line = this.lines.get(message.exchange)!;
    if (message.kind === 'taken') line.underWay[message.from]! -= message.bytes;
    else line.queues[message.from]!.push(message);
  }

  /** What other tasks sent, and this one has not taken yet. */
  bytes(): number {
    let bytes = 0;
    for (const { queues } of this.lines.values())
      for (const queue of queues)
        for (const message of queue) if (message.kind === 'rows') bytes += message.bytes.byteLength;
    return bytes;
  }

  /** May rows enter below `level`? */
  hasRoom(level: number): boolean {
    for (const line of this.lines.values())
      if (line.level >= level && line.underWay.some((bytes) => bytes > this.options.maxQueuedBytes))
        return false;
    return true;
  }

  /** Takes one message of the epoch that runs, if it may; gives its rows to `push`. */
  takeOne(push: (exchange: NodeId, batch: Batch) => void): boolean {
    for (const line of this.lines.values()) {
      if (!this.hasRoom(line.level + 1)) continue;
      for (let from = 0; from < this.options.tasks; from++) if (this.takeFrom(line, from, push)) return true;
    }
    return false;
  }

  private takeFrom(line: Line, from: number, push: (exchange: NodeId, batch: Batch) => void): boolean {
    const [message] = line.queues[from]!;
    if (message === undefined || message.epoch !== this.epoch) return false;
    line.queues[from]!.shift();
    if (message.kind === 'all') {
      line.complete[from] = message.epoch;
      return true;
    }
    const { exchange, bytes } = message;
    this.options.peers.post(from, {
      kind: 'taken',
      from: this.options.task,
      exchange,
      bytes: bytes.byteLength,
    });
    readRows(bytes, line.node.schema, (batch) => push(exchange, batch));
    return true;
  }

  /** Sends what waits to be sent. */
  flush(): void {
    for (const line of this.lines.values()) line.routing.flush();
  }

  /** This task has sent all rows of the epoch for the exchanges of a level. */
  endLevel(level: number): void {
    for (const line of this.lines.values()) {
      if (line.level !== level) continue;
      line.routing.flush();
      for (let to = 0; to < this.options.tasks; to++)
        if (to !== this.options.task)
          this.options.peers.post(to, {
            kind: 'all',
            from: this.options.task,
            exchange: line.node.id,
            epoch: this.epoch,
          });
    }
  }

  /** Has everything come that the other tasks send at this level? Takes what is there, whatever room there is behind. */
  takeLevel(level: number, push: (exchange: NodeId, batch: Batch) => void): boolean {
    let complete = true;
    for (const line of this.lines.values()) {
      if (line.level !== level) continue;
      for (let from = 0; from < this.options.tasks; from++) {
        if (from === this.options.task) continue;
        while (this.takeFrom(line, from, push));
        if (line.complete[from] !== this.epoch) complete = false;
      }
    }
    return complete;
  }

  beginEpoch(epoch: number): void {
    this.epoch = epoch;
  }

  rowsSent(): readonly (readonly [exchange: number, rows: number])[] {
    return [...this.lines.values()].map(({ node, rowsSent }) => [node.id, rowsSent]);
  }
}
