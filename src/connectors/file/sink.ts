// connector = 'file' as a sink: JSON Lines or CSV, exactly once with respect to the committed epochs, and a reader of the file never sees a
// row of an epoch that was not committed.
//
//     stage    the epoch's lines go to <file>.staged-<writer> and to the disk; the position says where in the file they belong
//     COMMIT   records that position
//     publish  the lines are appended to the file
//     recover  lines of the committed epoch that are not in the file yet come from where they were staged
//
// So the file only ever grows by whole committed epochs, and nothing is ever cut off. A file that is shorter or longer than that
// (someone else wrote to it, or the database was restored to an earlier state) is refused: SINK_CHANGED.

import { createHash, randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { constants, open, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Batch } from '../../data/batch.ts';
import type { RowSchema } from '../../data/types.ts';
import { MillraceError } from '../../errors.ts';
import type { CsvStyle } from '../../catalog/format.ts';
import { ByteWriter } from '../formats/byte-writer.ts';
import { csvEncoder } from '../formats/csv-encoder.ts';
import { compileJsonEncoder } from '../formats/json-encoder.ts';
import type { JsonEncoder } from '../formats/json-encoder.ts';
import type { SinkOutput, SinkPosition, SinkWriter } from '../sink.ts';
import { writableBelow } from './below-root.ts';
import { onFile } from './system-error.ts';

export interface FileSinkOptions {
  /** The folder below which files may be written. */
  readonly root: string;
  readonly path: string;
  /** The visible columns, first in every batch. */
  readonly columns: RowSchema;
  /** Rows may leave again: every line says so in `_diff`. */
  readonly appendOnly: boolean;
  readonly csv: CsvStyle | undefined;
}

const FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;

export async function openFileSink(options: FileSinkOptions): Promise<SinkWriter> {
  const path = await writableBelow(options.root, options.path);
  const file = await onFile(options.path, () => open(path, FLAGS, 0o644));
  return new FileSink(options, path, file);
}

class FileSink implements SinkWriter {
  private readonly options: FileSinkOptions;
  private readonly path: string;
  /** Of this writer: a predecessor that is still alive stages elsewhere. */
  private readonly stagedName: string;
  private readonly file: FileHandle;
  private readonly encoder: JsonEncoder;
  /** The first line of the file; empty: there is none. */
  private readonly header: string;
  /** Nothing has been written to the file, nor is about to be. */
  private isNew = true;
  private buffer = new ByteWriter();
  private ends = new Int32Array(0);
  private rows = 0;
  /** Length of the file by the epochs published. */
  private length = 0;

  constructor(options: FileSinkOptions, path: string, file: FileHandle) {
    this.options = options;
    this.path = path;
    this.stagedName = `${basename(path)}.staged-${randomBytes(8).toString('hex')}`;
    this.file = file;
    const { columns, csv } = options;
    const shape = { columns, diffs: !options.appendOnly };
    const lines = csv === undefined ? null : csvEncoder({ ...shape, ...csv });
    this.encoder = lines ?? compileJsonEncoder(shape);
    this.header = lines !== null && csv?.header === true ? lines.header : '';
  }

  recover(committed: SinkPosition | null): Promise<void> {
    return onFile(this.options.path, () => this.recoverFrom(committed));
  }

  private async recoverFrom(committed: SinkPosition | null): Promise<void> {
    this.buffer.reset();
    this.rows = 0;
    const { size } = await this.file.stat();
    const start = Number(committed?.['start'] ?? 0);
    const end = start + Number(committed?.['length'] ?? 0);
    if (size < start || size > end)
      throw this.changed(`it has ${size} bytes, where ${end} have been committed`);
    if (size < end) await this.append(await this.staged(committed!), start);
    await this.file.sync();
    await this.removeStaged();
    this.length = end;
    this.isNew = end === 0;
  }

  push(batch: Batch): void {
    if (batch.rows === 0) return;
    if (this.ends.length < batch.rows) this.ends = new Int32Array(batch.rows * 2);
    if (this.isNew) this.buffer.text(this.header);
    this.isNew = false;
    this.encoder.encode(batch, this.buffer, this.ends);
    this.rows += batch.rows;
  }

  epochBytes(): number {
    return this.buffer.used;
  }

  cut(): SinkOutput {
    const bytes = this.buffer.bytes.subarray(0, this.buffer.used);
    const output = { rows: this.rows, bytes, checksum: checksumOf(bytes) };
    this.buffer = new ByteWriter();
    this.rows = 0;
    return output;
  }

  async stage(output: SinkOutput): Promise<SinkPosition> {
    const { bytes, checksum } = output;
    if (bytes.length > 0) await onFile(this.options.path, () => this.keep(bytes));
    return { start: this.length, length: bytes.length, checksum, staged: this.stagedName };
  }

  private async keep(bytes: Uint8Array): Promise<void> {
    const staged = await open(this.beside(this.stagedName), FLAGS | constants.O_TRUNC, 0o644);
    try {
      await staged.writeFile(bytes);
      await staged.sync();
    } finally {
      await staged.close();
    }
  }

  async publish({ bytes }: SinkOutput): Promise<void> {
    if (bytes.length === 0) return;
    await onFile(this.options.path, async () => {
      await this.append(bytes, this.length);
      await this.file.datasync();
    });
    this.length += bytes.length;
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  /** The lines of the committed epoch, from where `stage` put them. */
  private async staged(committed: SinkPosition): Promise<Uint8Array> {
    const path = this.beside(basename(String(committed['staged'])));
    const staged = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => undefined);
    const bytes = staged === undefined ? new Uint8Array(0) : await staged.readFile();
    await staged?.close();
    if (bytes.length !== committed['length'] || checksumOf(bytes) !== committed['checksum'])
      throw this.changed('it lacks lines that were committed');
    return bytes;
  }

  private beside(name: string): string {
    return join(dirname(this.path), name);
  }

  /** What earlier writers of this file have left. */
  private async removeStaged(): Promise<void> {
    const prefix = `${basename(this.path)}.staged-`;
    for (const name of await readdir(dirname(this.path))) {
      if (name.startsWith(prefix) && /^[0-9a-f]{16}$/.test(name.slice(prefix.length)))
        await rm(this.beside(name), { force: true });
    }
  }

  private async append(bytes: Uint8Array, start: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.file.write(bytes, done, bytes.length - done, start + done);
      done += bytesWritten;
    }
  }

  private changed(why: string): MillraceError {
    return new MillraceError({
      code: 'SINK_CHANGED',
      message: `the file ${this.options.path} is not as this sink left it: ${why}`,
      hint: 'move the file away and create the sink again, or put back the file that was there',
    });
  }
}

function checksumOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}
