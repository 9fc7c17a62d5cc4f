// Buffers for large responses, used again. A buffer per answer is dear in three ways: every page of new memory is faulted in at
// its first byte, pages are given back one by one, and V8, which does not see how large buffers are, lets hundreds of
// megabytes of dead ones pile up before it looks. Here memory is what is under way plus a bounded reserve.
//
//   take ──▶ filled by the socket ──▶ record sets, lent to the task one after the other ──▶ given back ──▶ take
//
// Nobody has to give a buffer back: one that is forgotten (a failed request, a dropped queue) is collected as any other.

/** Shorter responses get memory of their own. */
const SMALLEST_BYTES = 1 << 16;

export class ResponseBuffers {
  private readonly keepBytes: number;
  /** At rest, smallest first. */
  private readonly idle: ArrayBuffer[] = [];
  private idleBytes = 0;
  /** Those that were taken: only they may come back, and each once. */
  private readonly taken = new WeakSet<ArrayBufferLike>();

  /** At most so many bytes are kept at rest. */
  constructor(keepBytes = 16 << 20) {
    this.keepBytes = keepBytes;
  }

  /** `length` bytes with anything in them. */
  take(length: number): Uint8Array {
    if (length < SMALLEST_BYTES) return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
    const at = this.idle.findIndex((buffer) => buffer.byteLength >= length);
    const buffer = at < 0 ? allocate(roundUp(length)) : this.idle.splice(at, 1)[0]!;
    if (at >= 0) this.idleBytes -= buffer.byteLength;
    this.taken.add(buffer);
    return new Uint8Array(buffer, 0, length);
  }

  /** The buffer that `bytes` is a view of may be overwritten from now on. Buffers of other origin are left alone. */
  giveBack({ buffer }: Uint8Array): void {
    if (!(buffer instanceof ArrayBuffer) || !this.taken.delete(buffer)) return;
    if (buffer.byteLength > this.keepBytes) return;
    const at = this.idle.findIndex((other) => other.byteLength >= buffer.byteLength);
    this.idle.splice(at < 0 ? this.idle.length : at, 0, buffer);
    this.idleBytes += buffer.byteLength;
    // Small ones go first: what was asked for of late is more likely to fit into a large one.
    while (this.idleBytes > this.keepBytes) this.idleBytes -= this.idle.shift()!.byteLength;
  }

  get bytesAtRest(): number {
    return this.idleBytes;
  }
}

/** A response that several record sets are views of: given back when the last of them is done with. */
export class Lease {
  private readonly buffers: ResponseBuffers;
  private readonly response: Uint8Array;
  private users = 1;

  /** Whoever makes it is its first user. */
  constructor(buffers: ResponseBuffers, response: Uint8Array) {
    this.buffers = buffers;
    this.response = response;
  }

  get bytes(): number {
    return this.response.length;
  }

  share(): this {
    this.users++;
    return this;
  }

  release(): void {
    if (--this.users === 0) this.buffers.giveBack(this.response);
    else if (this.users < 0) throw new Error('a response was released more often than it was shared');
  }
}

/** Not zeroed. */
function allocate(length: number): ArrayBuffer {
  return Buffer.allocUnsafeSlow(length).buffer as ArrayBuffer;
}

/** To an eighth of a power of two: answers of about one size share buffers, and little is left over. */
function roundUp(length: number): number {
  const step = 2 ** Math.max(0, 28 - Math.clz32(length));
  return Math.ceil(length / step) * step;
}
