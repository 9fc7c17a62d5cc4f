// One file of a file source: a block that the task takes lines from, and the next one being read meanwhile.

import type { RecordColumns } from '../record-columns.ts';
import type { PartitionStatus } from '../source.ts';
import type { Block, LineFile } from './line-file.ts';

/** How often a file that is followed is looked at when it does not grow. */
const POLL_MS = 100;

export class FilePartition {
  readonly number: number;
  /** Exclusive; Infinity: followed. */
  readonly end: number;
  /** Behind the last line taken. */
  offset: number;
  endOffset: number;
  paused = false;
  private readonly file: LineFile;
  private current: Block | undefined;
  private at = 0;
  private ahead: Block | undefined;
  private failure: unknown;
  private failed = false;
  private exhausted = false;
  private closed = false;
  private reading: Promise<void> = Promise.resolve();
  private busy = false;
  private poll: NodeJS.Timeout | undefined;
  private ready: () => void = () => {};
  private atEndSince: number | undefined;
  private atEndUntil: number | undefined;

  constructor(number: number, file: LineFile, offset: number, end: number, size: number) {
    this.number = number;
    this.file = file;
    this.offset = offset;
    this.end = end;
    this.endOffset = Number.isFinite(end) ? end : size;
  }

  /** Begins to read ahead; `ready` is called whenever there is something new to take, or to know. */
  start(ready: () => void): void {
    this.ready = ready;
    this.readAhead();
  }

  get finished(): boolean {
    return this.exhausted && this.current === undefined && this.ahead === undefined;
  }

  get queuedBytes(): number {
    return (this.ahead?.end ?? 0) + (this.current === undefined ? 0 : this.current.end - this.at);
  }

  /** Fills `columns` with up to `max` lines; false: nothing is there now. Throws what reading the file ended with. */
  take(columns: RecordColumns, max: number): boolean {
    if (this.paused) return false;
    if (this.current === undefined) {
      if (this.ahead === undefined) {
        if (this.failed) throw this.failure;
        return false;
      }
      this.current = this.ahead;
      this.at = 0;
      this.ahead = undefined;
      this.readAhead();
    }
    const block = this.current;
    this.at = takeLines(this.file, block, this.at, columns, max);
    this.offset = block.offset + this.at;
    if (!Number.isFinite(this.end)) this.endOffset = Math.max(this.endOffset, block.fileSize);
    if (this.at >= block.end) this.current = undefined;
    if (this.finished) setImmediate(this.ready);
    return true;
  }

  status(): PartitionStatus {
    const lag = Math.max(0, this.endOffset - this.offset);
    const waiting = this.atEndSince !== undefined && lag === 0;
    return {
      partition: this.number,
      state: this.finished ? 'finished' : this.paused ? 'paused' : waiting ? 'at-end' : 'reading',
      offset: this.offset,
      endOffset: this.endOffset,
      logStartOffset: 0,
      lag,
      atEndSince: waiting ? this.atEndSince : undefined,
      atEndUntil: waiting ? this.atEndUntil : undefined,
    };
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.poll);
    await this.reading;
    await this.file.close();
  }

  private readAhead(): void {
    if (this.busy || this.closed || this.exhausted || this.failed || this.ahead !== undefined) return;
    this.busy = true;
    this.reading = this.file.next().then(
      (block) => this.arrived(block),
      (error: unknown) => {
        this.busy = false;
        this.failed = true;
        this.failure = error;
        this.ready();
      },
    );
  }

  private arrived(block: Block | undefined): void {
    this.busy = false;
    if (block !== undefined) {
      this.ahead = block;
      this.atEndSince = this.atEndUntil = undefined;
      this.ready();
    } else if (Number.isFinite(this.end)) {
      this.exhausted = true;
      this.ready();
    } else {
      this.atEndUntil = Date.now();
      this.atEndSince ??= this.atEndUntil;
      if (!this.closed) this.poll = setTimeout(() => this.readAhead(), POLL_MS);
    }
  }
}

/** Lines of `block` from position `p` on; returns the position behind the last one taken. */
function takeLines(file: LineFile, block: Block, p: number, columns: RecordColumns, max: number): number {
  const { bytes, end, offset } = block;
  let row = 0;
  while (p < end && row < max) {
    const feed = file.recordEnd(bytes, p, end);
    const stop = feed < 0 ? end : feed;
    if (file.isCsv || !isBlank(bytes, p, stop)) {
      columns.offsets[row] = offset + p;
      columns.timestamps[row] = -1;
      columns.keyStart[row] = columns.keyEnd[row] = -1;
      columns.headersStart[row] = columns.headersEnd[row] = -1;
      columns.valueStart[row] = p;
      columns.valueEnd[row] = stop;
      row++;
    }
    p = Math.min(stop + 1, end);
  }
  columns.buffer = bytes;
  columns.count = row;
  return p;
}

function isBlank(bytes: Uint8Array, p: number, end: number): boolean {
  while (p < end && (bytes[p] === 0x20 || bytes[p] === 0x09 || bytes[p] === 0x0d)) p++;
  return p === end;
}
