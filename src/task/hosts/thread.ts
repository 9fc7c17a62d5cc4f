// A task in a worker thread, with a memory of its own. Tasks speak to each other over ports of their own, not through the main
// thread; rows change hands without being copied.

import type { MessagePort } from 'node:worker_threads';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { Channel } from '../channel.ts';
import type { FromTask, PeerMessage, Peers, ToTask } from '../messages.ts';
import { withBuffers } from '../revive.ts';
import { Death } from './death.ts';
import type { HostedTask } from './host.ts';

/** What the entry of a thread finds in its `workerData`. */
export interface ThreadData<Setup> {
  readonly setup: Setup;
  /** By task; null at its own place. */
  readonly peers: readonly (MessagePort | null)[];
}

export interface ThreadOptions {
  readonly entry: URL;
  /** Of the JavaScript heap of each thread, in megabytes; null: Node's own bound. */
  readonly memoryMb: number | null;
}

export function hostThreads<Setup>(setups: readonly Setup[], options: ThreadOptions): readonly HostedTask[] {
  const ports = connect(setups.length);
  return setups.map((setup, task) => new ThreadHost<Setup>(task, { setup, peers: ports[task]! }, options));
}

/** A port at each end of every pair. */
function connect(tasks: number): (MessagePort | null)[][] {
  const ports = Array.from({ length: tasks }, () =>
    Array.from({ length: tasks }, (): MessagePort | null => null),
  );
  for (let a = 0; a < tasks; a++)
    for (let b = a + 1; b < tasks; b++) {
      const { port1, port2 } = new MessageChannel();
      ports[a]![b] = port1;
      ports[b]![a] = port2;
    }
  return ports;
}

class ThreadHost<Setup> implements HostedTask {
  readonly channel: Channel<FromTask, ToTask>;
  private readonly worker: Worker;
  private readonly death: Death;

  constructor(task: number, workerData: ThreadData<Setup>, { entry, memoryMb }: ThreadOptions) {
    this.death = new Death(task);
    this.worker = new Worker(entry, {
      workerData,
      transferList: workerData.peers.filter((port) => port !== null),
      execArgv: [],
      ...(memoryMb === null ? {} : { resourceLimits: { maxOldGenerationSizeMb: memoryMb } }),
    });
    const { worker, death } = this;
    this.channel = {
      post: (message, transfer) => worker.postMessage(message, transfer ?? []),
      listen: (listener) => void worker.on('message', (message: FromTask) => listener(withBuffers(message))),
      close: () => undefined,
    };
    worker.on('error', (cause) => death.tell(cause instanceof Error ? cause.message : String(cause), cause));
    worker.on('exit', (code) => death.tell(`its thread ended with code ${code}`));
  }

  onDeath(listener: (cause: Error) => void): void {
    this.death.onDeath(listener);
  }

  async end(): Promise<void> {
    this.death.expect();
    await this.worker.terminate();
  }
}

/** The ports of a thread as its way to the other tasks. */
export function peersOf(ports: readonly (MessagePort | null)[]): Peers {
  return {
    post: (to, message) =>
      ports[to]!.postMessage(message, message.kind === 'rows' ? [message.bytes.buffer] : []),
    listen(listener) {
      for (const port of ports) port?.on('message', (message: PeerMessage) => listener(message));
    },
  };
}
