// How a task and its coordinator, or two tasks, are connected: messages in order, never a call. Between threads and processes a
// message is copied, or its buffers change hands; within a thread it is passed as it is, so nobody touches what he has posted.

export interface Channel<In, Out> {
  /** `transfer`: buffers that the sender gives away. */
  post(message: Out, transfer?: readonly ArrayBuffer[]): void;
  /** The one listener; what came before it is kept for it. */
  listen(listener: (message: In) => void): void;
  close(): void;
}

/** A channel within a thread. A message arrives after the turn in which it was posted. */
export function channelPair<A, B>(): [Channel<A, B>, Channel<B, A>] {
  const one = new Mailbox<A>();
  const other = new Mailbox<B>();
  return [endOf(one, other), endOf(other, one)];
}

function endOf<In, Out>(mine: Mailbox<In>, theirs: Mailbox<Out>): Channel<In, Out> {
  return {
    post: (message) => theirs.put(message),
    listen: (listener) => mine.listen(listener),
    close: () => mine.close(),
  };
}

class Mailbox<T> {
  private messages: T[] = [];
  private listener: ((message: T) => void) | null = null;
  private scheduled = false;
  private closed = false;

  put(message: T): void {
    if (this.closed) return;
    this.messages.push(message);
    this.schedule();
  }

  listen(listener: (message: T) => void): void {
    this.listener = listener;
    if (this.messages.length > 0) this.schedule();
  }

  close(): void {
    this.closed = true;
    this.messages = [];
  }

  private schedule(): void {
    if (this.scheduled || this.listener === null) return;
    this.scheduled = true;
    queueMicrotask(() => this.deliver());
  }

  private deliver(): void {
    this.scheduled = false;
    const { messages } = this;
    this.messages = [];
    for (const message of messages) if (!this.closed) this.listener!(message);
  }
}
