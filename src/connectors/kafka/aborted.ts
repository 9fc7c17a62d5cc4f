// Which transactional batches a read-committed reader must not see. The broker sends, with each fetch, the aborted
// transactions that touch it: (producer, first offset). Each is open from that offset to the producer's next control marker.
// Same method as the Java consumer's CompletedFetch.
import type { AbortedTransaction } from './protocol/fetch.ts';

export class AbortedTransactions {
  private pending: readonly AbortedTransaction[] = [];
  private next = 0;
  private readonly open = new Set<number>();

  /** Before the first batch of a fetched record set. */
  start(aborted: readonly AbortedTransaction[]): void {
    this.pending = aborted.length < 2 ? aborted : [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
    this.next = 0;
    this.open.clear();
  }

  /** For every batch in order: those that begin at or before `lastOffset` are open now. */
  advance(lastOffset: number): void {
    while (this.next < this.pending.length && this.pending[this.next]!.firstOffset <= lastOffset) {
      this.open.add(this.pending[this.next++]!.producerId);
    }
  }

  /** A marker ends the producer's transaction; after an abort its next batches count again. */
  marker(producerId: number): void {
    this.open.delete(producerId);
  }

  drops(producerId: number): boolean {
    return this.open.size > 0 && this.open.has(producerId);
  }
}
