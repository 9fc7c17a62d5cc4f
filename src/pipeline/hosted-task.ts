// A task in a thread or process of its own: it has its own connections.

import type { Channel } from '../task/channel.ts';
import type { FromTask, Peers, ToTask } from '../task/messages.ts';
import { KafkaClusters } from './kafka-clusters.ts';
import { runTask } from './open-task.ts';
import { sourceWorld } from './source-world.ts';
import type { TaskSetup } from './task-setup.ts';

export interface HostedSetup {
  readonly setup: TaskSetup;
  /** Brokers of the installation. */
  readonly brokers: readonly string[];
  readonly fileRoot: string | null;
  readonly tlsRoot: string | null;
}

export async function runHostedTask(
  { setup, brokers, fileRoot, tlsRoot }: HostedSetup,
  channel: Channel<ToTask, FromTask>,
  peers: Peers,
): Promise<void> {
  const clusters = new KafkaClusters(brokers, tlsRoot);
  await runTask(setup, { sources: sourceWorld(clusters, fileRoot), fileRoot }, channel, peers);
  await clusters.close();
}
