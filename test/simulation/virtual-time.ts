// A clock that jumps from event to event, so that minutes of waiting take no time and a seed always gives the same run.

export class VirtualTime {
  now = 0;
  readonly #events: { at: number; order: number; wake: () => void }[] = [];
  #order = 0;

  /** Nothing is waited for. */
  get quiet(): boolean {
    return this.#events.length === 0;
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#events.push({ at: this.now + ms, order: this.#order++, wake: resolve });
    });
  }

  /** Runs events in order until `done`, or throws when there is nothing left to happen or it takes too long. */
  async run(done: () => boolean, limitMs: number): Promise<void> {
    await settle();
    while (!done()) {
      if (this.#events.length === 0) throw new Error('deadlock: nothing is left to happen');
      const event = this.#takeFirst();
      this.now = event.at;
      if (this.now > limitMs) throw new Error(`not finished after ${limitMs} virtual ms`);
      event.wake();
      await settle();
    }
  }

  #takeFirst(): { at: number; wake: () => void } {
    let first = 0;
    for (let i = 1; i < this.#events.length; i++) {
      const [a, b] = [this.#events[i]!, this.#events[first]!];
      if (a.at < b.at || (a.at === b.at && a.order < b.order)) first = i;
    }
    return this.#events.splice(first, 1)[0]!;
  }
}

/** Until every promise that can go on has done so. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
