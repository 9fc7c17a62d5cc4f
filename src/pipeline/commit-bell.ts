// Tells the readers of a pipeline's views in this process that it has committed. Only a wake-up: what they read is in Postgres.

type Listener = (epoch: number) => void;

export class CommitBell {
  private readonly listeners = new Map<number, Set<Listener>>();

  ring(pipelineId: number, epoch: number): void {
    for (const listener of this.listeners.get(pipelineId) ?? []) listener(epoch);
  }

  /** Returns how to stop listening. */
  listen(pipelineId: number, listener: Listener): () => void {
    const all = this.listeners.get(pipelineId) ?? new Set<Listener>();
    this.listeners.set(pipelineId, all);
    all.add(listener);
    return () => {
      all.delete(listener);
      if (all.size === 0 && this.listeners.get(pipelineId) === all) this.listeners.delete(pipelineId);
    };
  }
}
