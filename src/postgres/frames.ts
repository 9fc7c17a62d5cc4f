// Messages of Postgres' wire protocol (version 3) that a burst sends. Written by hand because `pg` copies every parameter
// several times and sends each statement with its own Sync; here large values go to the socket as they are, and one
// Sync ends the burst. Source: PostgreSQL documentation, "Message Formats".

import type { SqlValue } from './write-step.ts';

const LARGE = 16 * 1024;
const SYNC = Buffer.from([0x53, 0, 0, 0, 4]);
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, 4]);
const PARSE = 0x50;
const BIND = 0x42;
const EXECUTE = 0x45;
const COPY_DATA = 0x64;

export class FrameWriter {
  readonly #chunks: Buffer[] = [];
  #open = Buffer.allocUnsafe(LARGE);
  #from = 0;
  #to = 0;

  parse(name: string, text: string): void {
    const nameBytes = Buffer.from(name);
    const textBytes = Buffer.from(text);
    this.#header(PARSE, nameBytes.length + 1 + textBytes.length + 1 + 2);
    this.#cstring(nameBytes);
    this.#cstring(textBytes);
    this.#int16(0);
  }

  /** Binds to the unnamed portal and runs it. */
  bindAndExecute(name: string, values: readonly SqlValue[]): void {
    const nameBytes = Buffer.from(name);
    const encoded = values.map(encodeValue);
    let length = 1 + nameBytes.length + 1 + 2 + 2 * values.length + 2 + 2;
    for (const value of encoded) length += 4 + (value === null ? 0 : value.length);
    this.#header(BIND, length);
    this.#byte(0);
    this.#cstring(nameBytes);
    this.#int16(values.length);
    for (const value of values) this.#int16(Buffer.isBuffer(value) ? 1 : 0);
    this.#int16(values.length);
    for (const value of encoded) this.#value(value);
    this.#int16(0);
    this.#header(EXECUTE, 1 + 4);
    this.#byte(0);
    this.#int32(0);
  }

  copyData(payload: readonly Buffer[]): void {
    for (const chunk of payload) {
      this.#header(COPY_DATA, chunk.length);
      this.#bytes(chunk);
    }
    this.#bytes(COPY_DONE);
  }

  sync(): void {
    this.#bytes(SYNC);
  }

  /** Everything written so far, in order. */
  take(): readonly Buffer[] {
    this.#close();
    return this.#chunks.splice(0);
  }

  #header(type: number, length: number): void {
    this.#byte(type);
    this.#int32(length + 4);
  }

  #value(value: Buffer | null): void {
    if (value === null) {
      this.#int32(-1);
      return;
    }
    this.#int32(value.length);
    this.#bytes(value);
  }

  #cstring(bytes: Buffer): void {
    this.#bytes(bytes);
    this.#byte(0);
  }

  #bytes(bytes: Buffer): void {
    if (bytes.length >= LARGE) {
      this.#close();
      this.#chunks.push(bytes);
      return;
    }
    this.#room(bytes.length);
    bytes.copy(this.#open, this.#to);
    this.#to += bytes.length;
  }

  #byte(value: number): void {
    this.#room(1);
    this.#open[this.#to++] = value;
  }

  #int16(value: number): void {
    this.#room(2);
    this.#to = this.#open.writeUInt16BE(value, this.#to);
  }

  #int32(value: number): void {
    this.#room(4);
    this.#to = this.#open.writeInt32BE(value, this.#to);
  }

  #room(bytes: number): void {
    if (this.#to + bytes <= this.#open.length) return;
    this.#close();
    this.#open = Buffer.allocUnsafe(LARGE);
    this.#from = 0;
    this.#to = 0;
  }

  #close(): void {
    if (this.#to > this.#from) this.#chunks.push(this.#open.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }
}

function encodeValue(value: SqlValue): Buffer | null {
  if (value === null || Buffer.isBuffer(value)) return value;
  return Buffer.from(String(value));
}
