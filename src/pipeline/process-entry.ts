// Where a child process begins.

import { connectToParent } from '../task/hosts/process.ts';
import type { HostedSetup } from './hosted-task.ts';
import { runHostedTask } from './hosted-task.ts';

connectToParent<HostedSetup>((setup, channel, peers) => void runHostedTask(setup, channel, peers));
