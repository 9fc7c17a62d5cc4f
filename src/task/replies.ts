// What the coordinator waits for: one message of a kind from each of some tasks, or the failure of one of them.

import type { FromTask } from './messages.ts';

type Kind = FromTask['kind'];
type Message<K extends Kind> = Extract<FromTask, { kind: K }>;

interface Waiting {
  readonly kind: Kind;
  readonly missing: Set<number>;
  readonly messages: FromTask[];
  readonly resolve: (messages: readonly FromTask[]) => void;
  readonly reject: (cause: unknown) => void;
}

export class Replies {
  private readonly tasks: number;
  private readonly waiting = new Set<Waiting>();
  private failure: { readonly cause: unknown } | null = null;

  constructor(tasks: number) {
    this.tasks = tasks;
  }

  /** In the order of the tasks; of all of them by default. To be called before the tasks are told what they reply to. */
  expect<K extends Kind>(kind: K, of?: readonly number[]): Promise<readonly Message<K>[]> {
    const tasks = of ?? Array.from({ length: this.tasks }, (_, task) => task);
    if (this.failure !== null) return Promise.reject(this.failure.cause as Error);
    if (tasks.length === 0) return Promise.resolve([]);
    const promise = new Promise<readonly FromTask[]>((resolve, reject) => {
      const messages: FromTask[] = [];
      this.waiting.add({ kind, missing: new Set(tasks), messages, resolve, reject });
    });
    const replies = promise.then((messages) =>
      messages.filter((message): message is Message<K> => message.kind === kind),
    );
    // Who expects replies awaits them, but perhaps not yet when a task fails.
    replies.catch(() => undefined);
    return replies;
  }

  take(task: number, message: FromTask): void {
    for (const one of this.waiting) {
      if (one.kind !== message.kind || !one.missing.delete(task)) continue;
      one.messages[task] = message;
      if (one.missing.size > 0) return;
      this.waiting.delete(one);
      one.resolve(one.messages.filter(() => true));
      return;
    }
  }

  fail(cause: unknown): void {
    this.failure ??= { cause };
    for (const { reject } of this.waiting) reject(cause);
    this.waiting.clear();
  }
}
