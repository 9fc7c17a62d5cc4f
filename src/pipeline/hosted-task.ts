// A task in a thread or process of its own: it has its own connections.

import type { Channel } from '../task/channel.ts';
import type { FromTask, Peers, ToTask } from '../task/messages.ts';
import { Pool } from '../postgres/pool.ts';
import { CommitBell } from './commit-bell.ts';
import { KafkaClusters } from './kafka-clusters.ts';
import { logsIn } from './open-log.ts';
import { runTask } from './open-task.ts';
import { SchemaRegistries } from './schema-registries.ts';
import { sourceWorld } from './source-world.ts';
import type { TaskSetup } from './task-setup.ts';

export interface HostedSetup {
  readonly setup: TaskSetup;
  /** Brokers of the installation. */
  readonly brokers: readonly string[];
  readonly fileRoot: string | null;
  readonly tlsRoot: string | null;
  /** Schema registries that sources may use. */
  readonly registries: readonly string[];
  /** Where the views are that it follows. */
  readonly databaseUrl: string;
}

export async function runHostedTask(
  { setup, brokers, fileRoot, tlsRoot, registries, databaseUrl }: HostedSetup,
  channel: Channel<ToTask, FromTask>,
  peers: Peers,
): Promise<void> {
  const clusters = new KafkaClusters(brokers, tlsRoot);
  const pool = new Pool(databaseUrl, { applicationName: 'millrace task', max: 2, patient: true });
  // Commits of other pipelines are not heard here: they are looked for now and then.
  const logs = logsIn(pool, new CommitBell());
  await runTask(
    setup,
    { sources: sourceWorld(clusters, fileRoot, new SchemaRegistries(registries)), fileRoot, logs },
    channel,
    peers,
  );
  await clusters.close();
  await pool.close();
}
