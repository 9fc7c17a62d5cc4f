// Where a task lives: the main thread, a worker thread or a child process. The coordinator sees the same of all of them.

import type { Channel } from '../channel.ts';
import type { FromTask, ToTask } from '../messages.ts';

export interface HostedTask {
  readonly channel: Channel<FromTask, ToTask>;
  /** Told once, when the host has ended by itself, whatever the reason. */
  onDeath(listener: (cause: Error) => void): void;
  /** Ends what is left of the host, at once. */
  end(): Promise<void>;
}
