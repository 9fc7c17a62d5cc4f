// Where a worker thread begins.

import { parentPort, workerData } from 'node:worker_threads';
import { peersOf } from '../task/hosts/thread.ts';
import type { ThreadData } from '../task/hosts/thread.ts';
import type { Channel } from '../task/channel.ts';
import type { FromTask, ToTask } from '../task/messages.ts';
import { withBuffers } from '../task/revive.ts';
import type { HostedSetup } from './hosted-task.ts';
import { runHostedTask } from './hosted-task.ts';

const { setup, peers } = workerData as ThreadData<HostedSetup>;
const port = parentPort!;
const channel: Channel<ToTask, FromTask> = {
  post: (message) => port.postMessage(message),
  listen: (listener) => void port.on('message', (message: ToTask) => listener(withBuffers(message))),
  close: () => port.close(),
};
await runHostedTask(setup, channel, peersOf(peers));
