// A source whose records name schemas, in front of a decoder that cannot wait: holds a chunk back until every schema that it names is
// known, or known not to exist. A registry that is away holds the source up; no record is lost or called invalid for it.

import { MillraceError } from '../../errors.ts';
import { backoffMs } from '../kafka/backoff.ts';
import type { RecordColumns } from '../record-columns.ts';
import type { ResolvedPositions, SourceChunk, SourceReader, SourceStatus } from '../source.ts';
import { schemaId } from './framing.ts';
import type { SchemaCache } from './schema-cache.ts';

export interface GateNeeds {
  /** The schemas that the source itself reads by. */
  readonly readers: readonly number[];
  /** Keys name schemas, too. */
  readonly keys: boolean;
}

export class SchemaGate implements SourceReader {
  private readonly inner: SourceReader;
  private readonly cache: SchemaCache;
  private readonly needs: GateNeeds;
  /** Taken from the source, whose columns are valid as long as nothing more is taken. */
  private held: SourceChunk | undefined;
  private isSettling = false;
  private listener: (() => void) | undefined;
  private failure: MillraceError | undefined;
  private fatal: Error | undefined;
  private since: number | undefined;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(inner: SourceReader, cache: SchemaCache, needs: GateNeeds) {
    this.inner = inner;
    this.cache = cache;
    this.needs = needs;
  }

  get positions(): ResolvedPositions {
    return this.inner.positions;
  }

  get finished(): boolean {
    return this.held === undefined && this.inner.finished;
  }

  partitions(): readonly number[] {
    return this.inner.partitions();
  }

  take(): SourceChunk | undefined {
    if (this.closed) return undefined;
    if (this.fatal !== undefined) throw this.fatal;
    if (this.isSettling) return undefined;
    const { held } = this;
    this.held = undefined;
    if (held !== undefined) return held;
    const chunk = this.inner.take();
    if (chunk === undefined) return undefined;
    const unknown = this.unsettled(chunk.columns);
    if (unknown.size === 0) return chunk;
    this.held = chunk;
    this.isSettling = true;
    void this.settle(unknown, 1);
    return undefined;
  }

  onReady(listener: () => void): void {
    this.listener = listener;
    this.inner.onReady(() => {
      if (!this.isSettling) listener();
    });
  }

  pause(partition: number): void {
    this.inner.pause(partition);
  }

  resume(partition: number): void {
    this.inner.resume(partition);
  }

  status(): SourceStatus {
    const status = this.inner.status();
    if (this.failure === undefined) return status;
    return { ...status, lastError: this.failure, unreachableSince: status.unreachableSince ?? this.since };
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.inner.close();
  }

  private unsettled(columns: RecordColumns): Set<number> {
    const unknown = new Set<number>();
    for (const id of this.needs.readers) if (this.cache.get(id) === undefined) unknown.add(id);
    const { buffer, keyStart, keyEnd, valueStart, valueEnd, count } = columns;
    this.collect(buffer, valueStart, valueEnd, count, unknown);
    if (this.needs.keys) this.collect(buffer, keyStart, keyEnd, count, unknown);
    return unknown;
  }

  private collect(
    buffer: Uint8Array,
    starts: Int32Array,
    ends: Int32Array,
    count: number,
    unknown: Set<number>,
  ): void {
    let last = -1;
    for (let i = 0; i < count; i++) {
      if (starts[i]! < 0) continue;
      const id = schemaId(buffer, starts[i]!, ends[i]!);
      if (id === last || id < 0) continue;
      last = id;
      if (!this.cache.isSettled(id)) unknown.add(id);
    }
  }

  private async settle(ids: ReadonlySet<number>, attempt: number): Promise<void> {
    try {
      for (const id of ids) await this.cache.settle(id);
      const lost = this.needs.readers.find((id) => this.cache.get(id) === undefined);
      if (lost !== undefined) throw readerLost(lost);
      this.failure = this.since = undefined;
    } catch (error) {
      if (this.closed) return;
      if (error instanceof MillraceError && error.retryable) {
        this.failure = error;
        this.since ??= Date.now();
        this.timer = setTimeout(() => void this.settle(ids, attempt + 1), backoffMs(attempt));
        return;
      }
      this.fatal = error instanceof Error ? error : new Error(String(error));
    }
    this.isSettling = false;
    if (!this.closed) this.listener?.();
  }
}

/** Without it the same records would become other rows. */
function readerLost(id: number): MillraceError {
  return new MillraceError({
    code: 'READER_SCHEMA_LOST',
    domain: 'external',
    message: `the schema registry no longer has schema ${id}, which the source was created with`,
    hint: 'restore the registry, or DROP the source and create it again',
  });
}
