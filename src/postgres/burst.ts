// Many statements in one write and one answer: Parse, Bind, Execute … of all of them, then a single Sync. When a
// statement fails, the server skips everything behind it up to the Sync, COPY data and COMMIT included, so a guard that
// raises as the first statement protects all that is already on its way. COPY takes part: its data is sent without
// waiting for the invitation, which the server accepts, and ignores after an error (src/backend/tcop/postgres.c).

import type { Connection as PgConnection, Submittable } from 'pg';
import { FrameWriter } from './frames.ts';
import type { SqlValue } from './write-step.ts';

export type BurstStatement =
  | {
      readonly kind: 'sql';
      readonly name: string;
      readonly text: string;
      readonly values: readonly SqlValue[];
    }
  | { readonly kind: 'copy'; readonly text: string; readonly payload: readonly Buffer[] };

/** What the server says that a statement did, such as `UPDATE 3`. */
export interface CommandTag {
  readonly command: string;
  readonly rows: number;
}

/** A statement of a burst failed: `cause` is the server's error, and the statements before `index` ran. */
export class BurstError extends Error {
  readonly index: number;

  constructor(index: number, cause: Error) {
    super(cause.message, { cause });
    this.name = 'BurstError';
    this.index = index;
  }
}

/** The object that `pg` talks to while a burst is on the wire; see `Client.prototype._handle…` in pg/lib/client.js. */
export class Burst implements Submittable {
  readonly done: Promise<readonly CommandTag[]>;
  readonly #statements: readonly BurstStatement[];
  readonly #prepared: Set<string>;
  readonly #tags: CommandTag[] = [];
  #resolve!: (tags: readonly CommandTag[]) => void;
  #reject!: (error: Error) => void;

  /** `prepared`: names that this connection knows; the burst adds its own. */
  constructor(statements: readonly BurstStatement[], prepared: Set<string>) {
    this.#statements = statements;
    this.#prepared = prepared;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  submit(connection: PgConnection): void {
    const frames = new FrameWriter();
    for (const statement of this.#statements) this.#write(frames, statement);
    frames.sync();
    connection.stream.cork();
    for (const chunk of frames.take()) connection.stream.write(chunk);
    connection.stream.uncork();
  }

  #write(frames: FrameWriter, statement: BurstStatement): void {
    switch (statement.kind) {
      case 'sql':
        if (statement.name === '' || !this.#prepared.has(statement.name)) {
          frames.parse(statement.name, statement.text);
          if (statement.name !== '') this.#prepared.add(statement.name);
        }
        frames.bindAndExecute(statement.name, statement.values);
        return;
      case 'copy':
        frames.parse('', statement.text);
        frames.bindAndExecute('', []);
        frames.copyData(statement.payload);
        return;
    }
  }

  /** `pg` calls this only to time queries out, which a burst does by itself. */
  callback(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCopyInResponse(): void {}
  handlePortalSuspended(): void {}

  handleEmptyQuery(): void {
    this.#tags.push({ command: '', rows: 0 });
  }

  handleCommandComplete(message: { readonly text: string }): void {
    const words = message.text.split(' ');
    this.#tags.push({ command: words[0]!, rows: words.length > 1 ? Number(words[words.length - 1]) : 0 });
  }

  handleError(error: Error): void {
    this.#reject(new BurstError(this.#tags.length, error));
  }

  handleReadyForQuery(): void {
    this.#resolve(this.#tags);
  }
}
