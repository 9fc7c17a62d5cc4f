// Cuts the byte stream of a connection into responses. A fetch answer is megabytes in many reads: the first four bytes tell
// its length, and from then on the socket reads straight into a buffer of that size. Nothing is copied but the first read.
import type { ResponseBuffers } from './response-buffers.ts';

const LENGTH_BYTES = 4;

export interface FrameSink {
  /** A whole response, without its length. */
  frame(response: Uint8Array): void;
  tooLarge(length: number): void;
}

export class Framing {
  private readonly limit: number;
  private readonly buffers: ResponseBuffers;
  private readonly sink: FrameSink;
  private readonly lengthBytes = new Uint8Array(LENGTH_BYTES);
  private response: Uint8Array | undefined;
  private filled = 0;
  private broken = false;

  constructor(limit: number, buffers: ResponseBuffers, sink: FrameSink) {
    this.limit = limit;
    this.buffers = buffers;
    this.sink = sink;
  }

  /** Where the rest of the response at hand belongs: who reads there spares `push` the copy. Undefined between responses. */
  get room(): Uint8Array | undefined {
    return this.response?.subarray(this.filled);
  }

  /** The next bytes of the stream, from `room` or from anywhere else. */
  push(data: Uint8Array): void {
    for (let at = 0; at < data.length && !this.broken;)
      at = this.response === undefined ? this.readLength(data, at) : this.fill(this.response, data, at);
  }

  private readLength(data: Uint8Array, at: number): number {
    this.lengthBytes[this.filled++] = data[at]!;
    if (this.filled === LENGTH_BYTES) {
      const length = new DataView(this.lengthBytes.buffer).getInt32(0);
      if (length < LENGTH_BYTES || length > this.limit) {
        this.broken = true;
        this.sink.tooLarge(length);
        return data.length;
      }
      this.response = this.buffers.take(length);
      this.filled = 0;
    }
    return at + 1;
  }

  private fill(response: Uint8Array, data: Uint8Array, at: number): number {
    const length = Math.min(data.length - at, response.length - this.filled);
    if (data.buffer !== response.buffer)
      response.set(length === data.length ? data : data.subarray(at, at + length), this.filled);
    this.filled += length;
    if (this.filled === response.length) {
      this.response = undefined;
      this.filled = 0;
      this.sink.frame(response);
    }
    return at + length;
  }
}
