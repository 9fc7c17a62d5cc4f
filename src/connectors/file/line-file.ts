// One file of lines, read ahead in blocks of whole lines. Offsets are positions in bytes, so that reading goes on anywhere without
// looking at what came before.

import type { FileHandle } from 'node:fs/promises';
import { MillraceError } from '../../errors.ts';
import { onFile } from './system-error.ts';

const BLOCK_BYTES = 1 << 20;
/** A line that is longer is not a record but a mistake. */
const MAX_LINE_BYTES = 256 << 20;
const LINE_FEED = 0x0a;

/** Whole lines: `bytes[0 … end)`, the first byte of which is byte `offset` of the file. */
export interface Block {
  readonly bytes: Buffer;
  readonly end: number;
  readonly offset: number;
  /** Size of the file when it was read. */
  readonly fileSize: number;
}

export class LineFile {
  readonly name: string;
  private readonly handle: FileHandle;
  /** Exclusive; Infinity: the file is followed as it grows. */
  private readonly limit: number;
  /** The quote of CSV, within which a line feed ends no record; null: every line feed does. */
  private readonly quote: number | null;
  /** The next byte to read from the file. */
  private position: number;
  /** Bytes before `position` that belong to a line whose end has not been seen. */
  private rest: Buffer = Buffer.alloc(0);

  constructor(name: string, handle: FileHandle, from: number, limit: number, quote: number | null) {
    this.name = name;
    this.handle = handle;
    this.position = from;
    this.limit = limit;
    this.quote = quote;
  }

  /** Its empty lines are records, too. */
  get isCsv(): boolean {
    return this.quote !== null;
  }

  /** The line feed that ends the record at `p`, or −1. */
  recordEnd(bytes: Buffer, p: number, end: number): number {
    const feed = bytes.indexOf(LINE_FEED, p);
    if (feed < 0 || feed >= end) return -1;
    return this.quote === null ? feed : unquotedFeed(bytes, p, end, this.quote);
  }

  /** The next block; undefined when there is no whole line (at the limit: no byte) more now. */
  next(): Promise<Block | undefined> {
    return onFile(this.name, () => this.read());
  }

  private async read(): Promise<Block | undefined> {
    const { size } = await this.handle.stat();
    if (size < this.position)
      throw dataLost(this.name, `it has ${size} bytes; ${this.position} had been read`);
    for (;;) {
      const wanted = Math.min(BLOCK_BYTES + this.rest.length, Math.min(size, this.limit) - this.position);
      if (wanted <= 0) return this.position >= this.limit ? this.last(size) : undefined;
      const grown = Buffer.allocUnsafeSlow(this.rest.length + wanted);
      this.rest.copy(grown);
      const { bytesRead } = await this.handle.read(grown, this.rest.length, wanted, this.position);
      if (bytesRead === 0) return undefined;
      const block = this.cut(grown.subarray(0, this.rest.length + bytesRead), bytesRead, size);
      if (block !== undefined) return block;
      if (this.rest.length > MAX_LINE_BYTES) throw tooLong(this.name, this.position - this.rest.length);
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  private cut(bytes: Buffer, bytesRead: number, fileSize: number): Block | undefined {
    const offset = this.position - this.rest.length;
    this.position += bytesRead;
    const end = this.wholeRecords(bytes);
    this.rest = bytes.subarray(end);
    return end === 0 ? undefined : { bytes, end, offset, fileSize };
  }

  /** The end of the last whole record. */
  private wholeRecords(bytes: Buffer): number {
    if (this.quote === null) return bytes.lastIndexOf(LINE_FEED) + 1;
    let end = 0;
    for (let p = 0; (p = unquotedFeed(bytes, p, bytes.length, this.quote) + 1) > 0;) end = p;
    return end;
  }

  /** The limit is reached: what is left is the last line, without a line feed. */
  private last(fileSize: number): Block | undefined {
    if (this.rest.length === 0) return undefined;
    const bytes = this.rest;
    this.rest = Buffer.alloc(0);
    return { bytes, end: bytes.length, offset: this.position - bytes.length, fileSize };
  }
}

/** The first line feed from `p` on, which stands outside of quotes, that does, too; −1: there is none. */
function unquotedFeed(bytes: Uint8Array, p: number, end: number, quote: number): number {
  let inside = false;
  for (; p < end; p++) {
    const c = bytes[p]!;
    if (c === quote) inside = !inside;
    else if (c === LINE_FEED && !inside) return p;
  }
  return -1;
}

export function dataLost(name: string, why: string): MillraceError {
  return new MillraceError({
    code: 'DATA_LOST',
    message: `the file ${name} no longer holds what was read: ${why}`,
    hint: 'put the file back, or drop the source and create it again',
    domain: 'external',
  });
}

function tooLong(name: string, offset: number): MillraceError {
  return new MillraceError({
    code: 'LINE_TOO_LONG',
    message: `the file ${name} has a line of more than ${MAX_LINE_BYTES >> 20} MB at byte ${offset}`,
    hint: 'records of a file are lines: is it JSON Lines, or CSV with a quote that is not closed?',
  });
}
