// connector = 'file': JSON Lines, plain lines or CSV as a source. A path names one file, or a folder whose files with an ending of the
// format are its partitions, by name. Empty lines do not count but in CSV. Which files belong to it is settled when it is first opened: `identity` says it.

import type { FileHandle } from 'node:fs/promises';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceFormat } from '../../catalog/format.ts';
import { MillraceError } from '../../errors.ts';
import { Pace } from '../pace.ts';
import type { RecordColumns } from '../record-columns.ts';
import { allocateRecordColumns, clearRecordColumns } from '../record-columns.ts';
import type {
  EndPosition,
  ResolvedPositions,
  SourceChunk,
  SourceReader,
  SourceStatus,
  StartPosition,
} from '../source.ts';
import { existingBelow } from './below-root.ts';
import { dataLost, LineFile } from './line-file.ts';
import { FilePartition } from './partition.ts';

export interface FileReaderOptions {
  /** The folder below which files may be read. */
  readonly root: string;
  readonly path: string;
  readonly format: SourceFormat;
  readonly start: StartPosition;
  /** `unbounded`: files are followed as they grow. Left out: `latest`, the sizes that they have now. */
  readonly end?: EndPosition | undefined;
  /** `identity` of the positions that were committed: the files, as they were then. */
  readonly identity?: string | undefined;
  readonly owns?: (partition: number) => boolean;
  /** Records per second, over all partitions. */
  readonly maxRate?: number | null;
  readonly chunkRecords?: number;
}

const CHUNK_RECORDS = 4096;
const ENDINGS: Readonly<Record<string, readonly string[]>> = {
  JSON: ['jsonl', 'ndjson', 'json'],
  CSV: ['csv', 'tsv'],
  TEXT: ['txt', 'log'],
};

export async function openFileReader(options: FileReaderOptions): Promise<SourceReader> {
  const path = await existingBelow(options.root, options.path);
  const isFolder = (await stat(path)).isDirectory();
  const names =
    options.identity === undefined
      ? await namesOf(path, isFolder, ENDINGS[options.format.encode] ?? [])
      : (JSON.parse(options.identity) as string[]);
  const { owns = () => true } = options;
  const partitions: FilePartition[] = [];
  try {
    for (const [number, name] of names.entries()) {
      if (!owns(number)) continue;
      const file = isFolder ? await existingBelow(path, name).catch(() => undefined) : path;
      if (file === undefined) throw dataLost(name, 'it is gone');
      partitions.push(await openPartition(number, name, await open(file, 'r'), options));
    }
  } catch (error) {
    await Promise.all(partitions.map((partition) => partition.close()));
    throw error;
  }
  return new FileReader(partitions, JSON.stringify(names), options);
}

async function namesOf(path: string, isFolder: boolean, endings: readonly string[]): Promise<string[]> {
  if (!isFolder) return [''];
  const names = (await readdir(path))
    .filter((name) => endings.some((ending) => name.toLowerCase().endsWith(`.${ending}`)))
    .sort();
  if (names.length > 0) return names;
  throw new MillraceError({
    code: 'FILE_NOT_FOUND',
    message: 'the folder holds no file to read',
    hint: `names of files of this format end in ${endings.map((ending) => `.${ending}`).join(', ')}`,
  });
}

async function openPartition(
  number: number,
  name: string,
  handle: FileHandle,
  options: FileReaderOptions,
): Promise<FilePartition> {
  const shown = name === '' ? options.path : join(options.path, name);
  const { size } = await handle.stat();
  const start = startOf(number, size, options.start);
  const end = endOf(number, size, options.end ?? { kind: 'latest' });
  if (start > size) {
    await handle.close();
    throw dataLost(shown, `it has ${size} bytes; ${start} had been read`);
  }
  const { format } = options;
  const quote = format.encode === 'CSV' ? format.quote.charCodeAt(0) : null;
  return new FilePartition(number, new LineFile(shown, handle, start, end, quote), start, end, size);
}

function startOf(partition: number, size: number, start: StartPosition): number {
  switch (start.kind) {
    case 'earliest':
      return 0;
    case 'latest':
      return size;
    case 'offsets':
      return start.offsets.get(partition) ?? 0;
    case 'timestamp':
      throw noTimes();
  }
}

function endOf(partition: number, size: number, end: EndPosition): number {
  switch (end.kind) {
    case 'unbounded':
      return Infinity;
    case 'latest':
      return size;
    case 'offsets':
      return end.offsets.get(partition) ?? size;
    case 'timestamp':
      throw noTimes();
  }
}

function noTimes(): MillraceError {
  return new MillraceError({
    code: 'INVALID_OPTION',
    message: 'lines of a file have no timestamps to start or end at',
    hint: "use 'earliest' or 'latest'",
  });
}

class FileReader implements SourceReader {
  readonly positions: ResolvedPositions;
  private readonly owned: readonly FilePartition[];
  private readonly pace: Pace;
  private readonly chunkRecords: number;
  private readonly columns: RecordColumns;
  private listener: (() => void) | undefined;
  private paceTimer: NodeJS.Timeout | undefined;
  private starved = false;
  private turn = 0;
  private closed = false;

  constructor(owned: readonly FilePartition[], identity: string, options: FileReaderOptions) {
    this.owned = owned;
    this.pace = new Pace(options.maxRate ?? null);
    this.chunkRecords = options.chunkRecords ?? CHUNK_RECORDS;
    this.columns = allocateRecordColumns(this.chunkRecords);
    const bounded = owned.every(({ end }) => Number.isFinite(end));
    this.positions = {
      identity,
      start: new Map(owned.map(({ number, offset }) => [number, offset])),
      end: bounded ? new Map(owned.map(({ number, end }) => [number, end])) : undefined,
    };
    for (const partition of owned) partition.start(() => this.ready());
  }

  get finished(): boolean {
    return this.owned.every((partition) => partition.finished);
  }

  partitions(): readonly number[] {
    return this.owned.map(({ number }) => number);
  }

  take(): SourceChunk | undefined {
    clearRecordColumns(this.columns);
    if (this.closed) return undefined;
    const due = this.pace.due();
    if (due < 1) return this.starve(this.pace.wait());
    for (let step = 0; step < this.owned.length; step++) {
      const partition = this.owned[(this.turn + step) % this.owned.length]!;
      const taken = partition.take(this.columns, Math.min(due, this.chunkRecords));
      if (!taken) continue;
      this.turn = (this.turn + step + 1) % this.owned.length;
      this.pace.take(this.columns.count);
      return {
        partition: partition.number,
        columns: this.columns,
        nextOffset: partition.offset,
        endOffset: partition.endOffset,
        logStartOffset: 0,
      };
    }
    return this.starve(undefined);
  }

  onReady(listener: () => void): void {
    this.listener = listener;
  }

  pause(partition: number): void {
    for (const one of this.owned) if (one.number === partition) one.paused = true;
  }

  resume(partition: number): void {
    for (const one of this.owned) if (one.number === partition) one.paused = false;
    this.ready();
  }

  status(): SourceStatus {
    const partitions = this.owned.map((partition) => partition.status());
    return {
      partitions,
      lag: partitions.reduce((sum, { lag }) => sum + (lag ?? 0), 0),
      queuedBytes: this.owned.reduce((sum, { queuedBytes }) => sum + queuedBytes, 0),
      unreachableSince: undefined,
      lastError: undefined,
      finished: this.finished,
    };
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.paceTimer);
    await Promise.all(this.owned.map((partition) => partition.close()));
  }

  private starve(waitMs: number | undefined): undefined {
    this.starved = true;
    if (waitMs === undefined) return undefined;
    clearTimeout(this.paceTimer);
    this.paceTimer = setTimeout(() => this.ready(), Math.max(5, waitMs));
    return undefined;
  }

  private ready(): void {
    if (!this.starved || this.closed) return;
    this.starved = false;
    this.listener?.();
  }
}
