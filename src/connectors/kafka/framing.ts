// Cuts the byte stream of a connection into responses. A fetch answer is megabytes in many small reads: each read is copied
// once, into a buffer of the answer's size that the first four bytes told, instead of being kept and joined at the end.

const LENGTH_BYTES = 4;

export interface FrameSink {
  /** A whole response, without its length. */
  frame(response: Uint8Array): void;
  tooLarge(length: number): void;
}

export class Framing {
  private readonly limit: number;
  private readonly sink: FrameSink;
  private readonly lengthBytes = new Uint8Array(LENGTH_BYTES);
  private response: Uint8Array | undefined;
  private filled = 0;
  private broken = false;

  constructor(limit: number, sink: FrameSink) {
    this.limit = limit;
    this.sink = sink;
  }

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
      // Not zeroed first: every byte is written below.
      this.response = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
      this.filled = 0;
    }
    return at + 1;
  }

  private fill(response: Uint8Array, data: Uint8Array, at: number): number {
    const length = Math.min(data.length - at, response.length - this.filled);
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
