// Splits `COPY … TO STDOUT (FORMAT binary)` into tuples of raw field values, for few and large values (segments). Rows of
// views are decoded into columns elsewhere. Format: PostgreSQL documentation, COPY, "Binary Format".

const SIGNATURE_AND_FLAGS = 15;

/** The fields of each tuple; null = NULL. Throws when the stream ends before its trailer. */
export async function* readTuples(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<readonly (Buffer | null)[], void, undefined> {
  const input = new ByteQueue(chunks[Symbol.asyncIterator]());
  await input.take(SIGNATURE_AND_FLAGS);
  const extension = await input.take(4);
  await input.take(extension.readInt32BE());
  for (;;) {
    const fields = (await input.take(2)).readInt16BE();
    if (fields === -1) break;
    const tuple: (Buffer | null)[] = [];
    for (let f = 0; f < fields; f++) {
      const length = (await input.take(4)).readInt32BE();
      tuple.push(length < 0 ? null : await input.take(length));
    }
    yield tuple;
  }
  await input.drain();
}

class ByteQueue {
  readonly #source: AsyncIterator<Buffer>;
  #open: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterator<Buffer>) {
    this.#source = source;
  }

  /** Exactly `length` bytes; copied only when they are spread over chunks. */
  async take(length: number): Promise<Buffer> {
    if (this.#open.length >= length) return this.#cut(length);
    const pieces = [this.#open];
    let have = this.#open.length;
    while (have < length) {
      const { value, done } = await this.#source.next();
      if (done === true) throw new Error('Connection terminated in the middle of a binary COPY');
      pieces.push(value);
      have += value.length;
    }
    this.#open = Buffer.concat(pieces);
    return this.#cut(length);
  }

  /** Reads to the end, so that the connection is free again. */
  async drain(): Promise<void> {
    while ((await this.#source.next()).done !== true);
  }

  #cut(length: number): Buffer {
    const cut = this.#open.subarray(0, length);
    this.#open = this.#open.subarray(length);
    return cut;
  }
}
