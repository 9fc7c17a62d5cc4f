// From the bytes of a fetched record set (message format v2) to columns, without an object per record: the hot path of
// reading Kafka. One reader walks one record set at a time, batch by batch, and can stop in the middle of a batch.
// Format: https://kafka.apache.org/documentation/#recordbatch
import { crc32c } from '@node-rs/crc32';
import type { RecordColumns } from '../record-columns.ts';
import { AbortedTransactions } from './aborted.ts';
import { ByteArena } from './byte-arena.ts';
import { CODEC_NONE, decompress, isKnownCodec, TooLarge } from './codecs.ts';
import {
  batchTooLarge,
  corruptBatch,
  unsupportedCodec,
  unsupportedRecordFormat,
  type RecordPlace,
} from './errors.ts';
import type { AbortedTransaction } from './protocol/fetch.ts';
import { RecordCursor } from './records.ts';

const LENGTH_END = 12; // base offset, length: what the length does not count
const MAGIC_AT = 16;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21; // the CRC covers from here
const LAST_OFFSET_DELTA_AT = 23;
const BASE_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const PRODUCER_ID_AT = 43;
const COUNT_AT = 57;
const RECORDS_AT = 61;

const CODEC_MASK = 0x07;
const APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

/** Decompressed batches are gathered into one chunk up to about this size. */
const GATHERED_BYTES = 1 << 20;

const NO_BYTES = new Uint8Array(0);

export interface RecordSet {
  readonly partition: number;
  readonly records: Uint8Array;
  readonly aborted: readonly AbortedTransaction[];
}

export interface RecordSetReaderOptions {
  readonly topic: string;
  readonly readCommitted: boolean;
  /** Most bytes of one batch, compressed or not. */
  readonly maxBatchBytes: number;
}

export class RecordSetReader {
  private readonly options: RecordSetReaderOptions;
  private readonly arena = new ByteArena();
  private readonly aborted = new AbortedTransactions();
  private readonly cursor = new RecordCursor();
  private bytes: Uint8Array = NO_BYTES;
  private view: DataView = new DataView(NO_BYTES.buffer);
  private partition = -1;
  /** Start of the next batch in `bytes`. */
  private at = 0;
  private limit = Infinity;
  private next = 0;

  constructor(options: RecordSetReaderOptions) {
    this.options = options;
  }

  /** One past everything seen: the last record that was read, or the last offset of a batch that is done or skipped. */
  get nextOffset(): number {
    return this.next;
  }

  /** Begins with a set; records below `expectedOffset` are trimmed, those from `limit` on are not read. */
  open(set: RecordSet, expectedOffset: number, limit: number): void {
    this.bytes = set.records;
    this.view = new DataView(set.records.buffer, set.records.byteOffset, set.records.byteLength);
    this.partition = set.partition;
    this.at = 0;
    this.next = expectedOffset;
    this.limit = limit;
    this.aborted.start(this.options.readCommitted ? set.aborted : []);
    this.cursor.clear();
    this.arena.reset();
  }

  close(): void {
    this.bytes = NO_BYTES;
    this.at = 0;
    this.cursor.clear();
    this.arena.reset();
  }

  /**
   * Replaces the contents of `columns` by the next records, `max` at most. Returns false when the set is used up; what it
   * read last is in `columns` all the same.
   */
  read(columns: RecordColumns, max: number): boolean {
    columns.count = 0;
    if (this.cursor.left === 0) this.arena.reset();
    for (;;) {
      if (this.cursor.left === 0 && !this.enterBatch(columns.count)) break;
      this.cursor.fill(columns, max, this.next, this.limit, this.place());
      this.next = Math.max(this.next, this.cursor.nextOffset);
      if (columns.count >= max) break;
    }
    columns.buffer = this.cursor.inArena ? this.arena.bytes : this.bytes;
    this.next = Math.min(this.next, this.limit);
    return this.cursor.left > 0 || this.hasBatch();
  }

  private place(): RecordPlace {
    return { topic: this.options.topic, partition: this.partition, offset: this.next };
  }

  private int64(at: number): number {
    return this.view.getInt32(at) * 4294967296 + this.view.getUint32(at + 4);
  }

  /** A whole batch is there and wanted. A cut-off last one is the rule: the broker cuts at its byte limit. */
  private hasBatch(): boolean {
    if (this.next >= this.limit || this.at + LENGTH_END > this.bytes.length) return false;
    const length = this.view.getInt32(this.at + 8);
    if (length < RECORDS_AT - LENGTH_END) throw this.legacyOrCorrupt(length);
    return this.at + LENGTH_END + length <= this.bytes.length;
  }

  private legacyOrCorrupt(length: number): Error {
    if (this.at + MAGIC_AT < this.bytes.length && length >= 14) {
      const magic = this.bytes[this.at + MAGIC_AT]!;
      if (magic < 2) return unsupportedRecordFormat(this.place(), magic);
    }
    return corruptBatch(this.place(), `its length is ${length}`);
  }

  /**
   * Moves the cursor to the next batch with records to deliver. False when there is none, or when it must start a new
   * chunk because it would lie in another buffer than the `gathered` records, or make the chunk too large.
   */
  private enterBatch(gathered: number): boolean {
    while (this.hasBatch()) {
      const { view, at } = this;
      const end = at + LENGTH_END + view.getInt32(at + 8);
      const baseOffset = this.int64(at);
      const lastOffset = baseOffset + view.getInt32(at + LAST_OFFSET_DELTA_AT);
      const magic = view.getInt8(at + MAGIC_AT);
      if (magic !== 2)
        throw magic < 2
          ? unsupportedRecordFormat(this.place(), magic)
          : corruptBatch(this.place(), `magic ${magic}`);
      const attributes = view.getInt16(at + ATTRIBUTES_AT);
      const compressed = (attributes & CODEC_MASK) !== CODEC_NONE;
      if (gathered > 0 && (compressed !== this.cursor.inArena || this.arena.used >= GATHERED_BYTES))
        return false;
      if (baseOffset >= this.limit) {
        this.next = this.limit;
        return false;
      }
      this.checkCrc(at, end);
      if (lastOffset < baseOffset) throw corruptBatch(this.place(), 'its last offset is below its first');
      this.at = end;
      const wanted = this.isWanted(attributes, this.int64(at + PRODUCER_ID_AT), lastOffset);
      const count = view.getInt32(at + COUNT_AT);
      if (!wanted || count === 0) {
        this.next = Math.max(this.next, lastOffset + 1);
        continue;
      }
      this.enterRecords(at, end, attributes, count, baseOffset, lastOffset);
      return true;
    }
    return false;
  }

  private checkCrc(at: number, end: number): void {
    if (crc32c(this.bytes.subarray(at + ATTRIBUTES_AT, end)) !== this.view.getUint32(at + CRC_AT)) {
      throw corruptBatch(this.place(), 'its CRC-32C does not fit its bytes');
    }
  }

  /** Not a control batch, not of an aborted transaction, not wholly below what is expected. */
  private isWanted(attributes: number, producerId: number, lastOffset: number): boolean {
    this.aborted.advance(lastOffset);
    if ((attributes & CONTROL) !== 0) {
      this.aborted.marker(producerId);
      return false;
    }
    if ((attributes & TRANSACTIONAL) !== 0 && this.aborted.drops(producerId)) return false;
    return lastOffset >= this.next;
  }

  private enterRecords(
    at: number,
    end: number,
    attributes: number,
    count: number,
    baseOffset: number,
    lastOffset: number,
  ): void {
    const { cursor, arena } = this;
    const codec = attributes & CODEC_MASK;
    cursor.inArena = codec !== CODEC_NONE;
    const from = cursor.inArena ? arena.used : at + RECORDS_AT;
    if (cursor.inArena) this.inflate(codec, this.bytes.subarray(at + RECORDS_AT, end));
    else if (end - at > this.options.maxBatchBytes)
      throw batchTooLarge(this.place(), this.options.maxBatchBytes);
    cursor.enter(cursor.inArena ? arena.bytes : this.bytes, from, cursor.inArena ? arena.used : end, {
      count,
      baseOffset,
      lastOffset,
      baseTimestamp: this.int64(at + BASE_TIMESTAMP_AT),
      appendTimestamp: (attributes & APPEND_TIME) !== 0 ? this.int64(at + MAX_TIMESTAMP_AT) : undefined,
      place: this.place(),
    });
  }

  private inflate(codec: number, input: Uint8Array): void {
    if (!isKnownCodec(codec)) throw unsupportedCodec(this.place(), codec);
    try {
      decompress(this.arena, codec, input, this.options.maxBatchBytes);
    } catch (error) {
      if (error instanceof TooLarge) throw batchTooLarge(this.place(), this.options.maxBatchBytes);
      const what = error instanceof Error ? error.message : String(error);
      throw corruptBatch(this.place(), `it does not decompress (${what})`, error);
    }
  }
}
