// A task on the main thread: a channel within the process, nothing else.

import type { Channel } from '../channel.ts';
import { channelPair } from '../channel.ts';
import type { FromTask, PeerMessage, Peers, ToTask } from '../messages.ts';
import type { HostedTask } from './host.ts';

/** Opens a task on its side of the channel and runs it to its end. Never rejects: a task says what fails it. */
export type RunTask = (channel: Channel<ToTask, FromTask>, peers: Peers, task: number) => Promise<void>;

export function hostInline(tasks: number, run: RunTask): readonly HostedTask[] {
  const links = peerLinks(tasks);
  return Array.from({ length: tasks }, (_, task): HostedTask => {
    const [mine, theirs] = channelPair<FromTask, ToTask>();
    const running = run(theirs, links(task), task);
    return {
      channel: mine,
      onDeath: () => undefined,
      async end() {
        mine.post({ kind: 'close' });
        await running;
        mine.close();
      },
    };
  });
}

/** Channels between every two tasks of this process. */
function peerLinks(tasks: number): (task: number) => Peers {
  const ends = new Map<string, Channel<PeerMessage, PeerMessage>>();
  for (let a = 0; a < tasks; a++)
    for (let b = a + 1; b < tasks; b++) {
      const [one, other] = channelPair<PeerMessage, PeerMessage>();
      ends.set(`${a} ${b}`, one);
      ends.set(`${b} ${a}`, other);
    }
  return (task) => ({
    post: (to, message) => ends.get(`${task} ${to}`)!.post(message),
    listen(listener) {
      for (let other = 0; other < tasks; other++) ends.get(`${task} ${other}`)?.listen(listener);
    },
  });
}
