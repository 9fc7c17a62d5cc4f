// A task in a child process: nothing that happens to it, not even in native code or by the hand of the kernel, touches the service.
// Messages are serialised; those between tasks pass through the parent, which does not look into them.

import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Channel } from '../channel.ts';
import type { FromTask, PeerMessage, Peers, ToTask } from '../messages.ts';
import { withBuffers } from '../revive.ts';
import { Death } from './death.ts';
import type { HostedTask } from './host.ts';

export type ToProcess<Setup> =
  | { readonly kind: 'setup'; readonly setup: Setup }
  | { readonly kind: 'task'; readonly message: ToTask }
  | { readonly kind: 'peer'; readonly message: PeerMessage };

export type FromProcess =
  | { readonly kind: 'task'; readonly message: FromTask }
  | { readonly kind: 'peer'; readonly to: number; readonly message: PeerMessage };

export interface ProcessOptions {
  readonly entry: URL;
  /** Of the JavaScript heap of each process, in megabytes; null: Node's own bound. */
  readonly memoryMb: number | null;
  /** Told the id of every process. */
  readonly onStart?: (task: number, pid: number) => void;
}

export function hostProcesses<Setup>(
  setups: readonly Setup[],
  options: ProcessOptions,
): readonly HostedTask[] {
  const hosts: ProcessHost<Setup>[] = [];
  const relay = (to: number, message: PeerMessage): void => hosts[to]!.send({ kind: 'peer', message });
  setups.forEach((setup, task) => hosts.push(new ProcessHost(task, setup, options, relay)));
  return hosts;
}

class ProcessHost<Setup> implements HostedTask {
  readonly channel: Channel<FromTask, ToTask>;
  private readonly child: ChildProcess;
  private readonly exited: Promise<void>;
  private listener: (message: FromTask) => void = () => undefined;
  private readonly death: Death;

  constructor(
    task: number,
    setup: Setup,
    { entry, memoryMb, onStart }: ProcessOptions,
    relay: (to: number, message: PeerMessage) => void,
  ) {
    this.death = new Death(task);
    this.child = fork(fileURLToPath(entry), [], {
      serialization: 'advanced',
      execArgv: memoryMb === null ? [] : [`--max-old-space-size=${memoryMb}`],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.channel = {
      post: (message) => this.send({ kind: 'task', message }),
      listen: (listener) => (this.listener = listener),
      close: () => undefined,
    };
    this.child.on('message', (message: FromProcess) => {
      if (message.kind === 'peer') relay(message.to, message.message);
      else this.listener(withBuffers(message.message));
    });
    this.exited = new Promise((resolve) => {
      const over = (how: string, cause?: Error): void => {
        resolve();
        this.death.tell(how, cause);
      };
      this.child.on('error', (cause) => over(cause.message, cause));
      this.child.on('exit', (code, signal) =>
        over(signal === null ? `its process ended with code ${code}` : `its process was ended by ${signal}`),
      );
    });
    if (this.child.pid !== undefined) onStart?.(task, this.child.pid);
    this.send({ kind: 'setup', setup });
  }

  /** What is sent to a process that is gone is lost, and the end of the process is told elsewhere. */
  send(message: ToProcess<Setup>): void {
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  onDeath(listener: (cause: Error) => void): void {
    this.death.onDeath(listener);
  }

  async end(): Promise<void> {
    this.death.expect();
    this.child.kill('SIGKILL');
    await this.exited;
  }
}

/** The child's side. */
export function connectToParent<Setup>(
  start: (setup: Setup, channel: Channel<ToTask, FromTask>, peers: Peers) => void,
): void {
  const send = (message: FromProcess): void => void process.send!(message);
  const early: ToTask[] = [];
  const earlyPeers: PeerMessage[] = [];
  let listener: ((message: ToTask) => void) | null = null;
  let peerListener: ((message: PeerMessage) => void) | null = null;
  const channel: Channel<ToTask, FromTask> = {
    post: (message) => send({ kind: 'task', message }),
    listen(given) {
      listener = given;
      for (const message of early.splice(0)) given(message);
    },
    close: () => process.disconnect(),
  };
  const peers: Peers = {
    post: (to, message) => send({ kind: 'peer', to, message }),
    listen(given) {
      peerListener = given;
      for (const message of earlyPeers.splice(0)) given(message);
    },
  };
  process.on('message', (message: ToProcess<Setup>) => {
    switch (message.kind) {
      case 'setup':
        return start(message.setup, channel, peers);
      case 'task':
        return listener === null
          ? void early.push(withBuffers(message.message))
          : listener(withBuffers(message.message));
      case 'peer':
        return peerListener === null ? void earlyPeers.push(message.message) : peerListener(message.message);
    }
  });
  // A parent that is gone has no use for what this process does.
  process.on('disconnect', () => process.exit(0));
}
